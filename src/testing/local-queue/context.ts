/** The part of Lambda's context object that does not depend on a real account. */
export interface LocalContext {
  readonly awsRequestId: string
  readonly functionName: string
  readonly functionVersion: string
  readonly invokedFunctionArn: string
  readonly memoryLimitInMB: string
  readonly logGroupName: string
  readonly logStreamName: string
  callbackWaitsForEmptyEventLoop: boolean
  /** Milliseconds until the function's timeout; never negative, except where the timeout is not enforced. */
  getRemainingTimeInMillis(): number
  done(): void
  fail(): void
  succeed(): void
}

/** A handler as Lambda calls it: `(event, context)`, returning a value or a promise of one. */
export type LocalHandler = (event: never, context: never) => unknown

/** Builds the context of one invocation. `deadline` is epoch milliseconds; `least`: what remains at the least. */
export function localContext(
  functionName: string,
  awsRequestId: string,
  deadline: number,
  least = 0,
): LocalContext {
  return {
    awsRequestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '128',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(least, deadline - Date.now()),
    done() {},
    fail() {},
    succeed() {},
  }
}

/** The returned value as Lambda's Node runtime sends it: JSON text, `null` for nothing. Throws as `JSON.stringify`. */
export function toPayload(value: unknown): string {
  return JSON.stringify(value === undefined ? null : value) ?? 'null'
}
