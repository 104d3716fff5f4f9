import { type Duration, Token } from 'aws-cdk-lib'

/** The number, if it is one already; `undefined` for a token. */
export function knownNumber(value: unknown): number | undefined {
  return typeof value === 'number' && !Token.isUnresolved(value) ? value : undefined
}

/** The text, if it is one already; `undefined` for a token. */
export function knownText(value: unknown): string | undefined {
  return typeof value === 'string' && !Token.isUnresolved(value) ? value : undefined
}

/** Milliseconds, if the duration is known already; `undefined` for a token. */
export function knownMs(duration: Duration | undefined): number | undefined {
  return duration === undefined || duration.isUnresolved() ? undefined : duration.toMilliseconds()
}

/** Milliseconds of a CloudFormation property in seconds. Left out: CloudFormation's default; a token: `undefined`. */
export function secondsToMs(seconds: number | undefined, defaultSeconds: number): number | undefined {
  const known = knownNumber(seconds ?? defaultSeconds)
  return known === undefined ? undefined : known * 1000
}
