import { StoreMisconfiguredError } from '../../errors/store-misconfigured-error.ts'
import { StoreUnavailableError } from '../../errors/store-unavailable-error.ts'
import { isOfNoService, messageOf, nameOf, networkCode, statusOf } from './failures.ts'
import { remedyOf } from './remedy.ts'

/** The error for the user where waiting does not help: which table, what was said, what to do. */
export function misconfigured(table: string, failure: unknown): StoreMisconfiguredError {
  const said = messageOf(failure)?.replace(/\.$/, '')
  return new StoreMisconfiguredError(
    `The idempotency table "${table}" cannot be used: ${nameOf(failure)}: ${said}. ${remedyOf(failure)}`.trimEnd(),
    { cause: failure },
  )
}

/** The failure as whoever reads the log wants it: what the network said, of which endpoint; anything else as it is. */
export function explained(failure: unknown): unknown {
  const code = networkCode(failure)
  if (code !== undefined) {
    const what = [code, endpointOf(failure)].filter((part) => part !== '').join(' ')
    const hint = HINTS.find(([pattern]) => pattern.test(code))?.[1]
    return new StoreUnavailableError(hint ? `${what}. ${hint}` : what, { cause: failure })
  }
  if (!isOfNoService(failure)) return failure
  return new StoreUnavailableError(
    `an answer that is not DynamoDB's, HTTP ${statusOf(failure)}. Check the endpoint, and what stands between, such as a proxy`,
    { cause: failure },
  )
}

/** What to look at, by the code of the network or of TLS. */
const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/^ENOTFOUND$/, 'There is no such host: check the Region and the endpoint'],
  [/^ECONNREFUSED$/, 'Nothing listens there: check the endpoint'],
  [/^(EPROTO|ERR_SSL)/, 'It does not speak TLS: is the endpoint one of http, not https'],
  [
    /CERT|SIGNATURE|^UNABLE_TO|^HOSTNAME/,
    'Its certificate is not accepted: check the endpoint, what stands between, such as a proxy, and NODE_EXTRA_CA_CERTS',
  ],
]

/** Fields of Node.js's system errors. */
interface SystemError {
  readonly address?: string
  readonly hostname?: string
  readonly host?: string
  readonly port?: number
  /** A name with several addresses fails once for each. */
  readonly errors?: readonly SystemError[]
}

function endpointOf(failure: unknown): string {
  const whole: SystemError = Object(failure)
  const { hostname, host, address, port } = whole.errors?.[0] ?? whole
  const place = hostname ?? host ?? address ?? ''
  return port === undefined ? place : `${place}:${port}`
}
