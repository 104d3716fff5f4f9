import type { UnavailableReason } from '../contract.ts'

/** Failures that waiting does not cure, by the names of the service and the SDK and by the codes of statements. */
const MISCONFIGURED =
  /^(ResourceNotFound|AccessDenied|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|OptInRequired|InvalidSignature|MissingAuthenticationToken|IncompleteSignature|Validation|Serialization|UnknownOperation|NotImplemented|UnsupportedOperation|InvalidAction)(Exception|Error)?$|^(CredentialsProvider|ClientAnswer|Config)Error$|^InaccessibleEncryption|KMS/

/** Of these, what may be meant for the batch form alone. */
const FORM_REFUSED =
  /^(AccessDenied|Validation|Serialization|UnknownOperation|NotImplemented|UnsupportedOperation|InvalidAction)(Exception|Error)?$/

const THROTTLED = /Throttl|ThroughputExceeded|LimitExceeded|TooManyRequests|SlowDown/

/** Failures that pass, beside throttling and what the network says. */
const PASSING =
  /^(InternalServer|InternalFailure|ServiceUnavailable|TransactionConflict|TransactionInProgress|ReplicatedWriteConflict|CallTimeout|Timeout|Abort)(Exception|Error)?$/

/** The answer did not come before the end of its attempt. Whether the request was applied is unknown. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError'
  /** How long the attempt had, in ms. */
  readonly limit: number
  /** Whether it was the call's deadline that left the attempt next to no time. */
  readonly hurried: boolean

  constructor(message: string, limit: number, hurried: boolean) {
    super(message)
    this.limit = limit
    this.hurried = hurried
  }
}

/**
 * What kept a call from coming through: not that its last attempts had little time, when an earlier one had more or was
 * told why. A client that waits between tries of its own is cut while it does so: it was throttled all the same.
 */
export function telling(earlier: unknown, latest: unknown): unknown {
  if (!(latest instanceof CallTimeoutError) || earlier === undefined) return latest
  if (earlier instanceof CallTimeoutError) return earlier.limit > latest.limit ? earlier : latest
  return latest.hurried || isThrottled(earlier) ? earlier : latest
}

/** The client that was given is none: it answered with nothing. */
export class ClientAnswerError extends Error {
  override readonly name = 'ClientAnswerError'
}

/** A failure of a whole request, or of one statement of a batch. */
export interface StatementFailure {
  readonly Code?: string | undefined
  readonly Message?: string | undefined
}

/** What may be asked of an error of the SDK, of the service or of Node.js's network. */
interface Described {
  readonly code?: unknown
  readonly message?: unknown
  readonly $metadata?: { readonly httpStatusCode?: unknown }
  readonly $response?: { readonly statusCode?: unknown }
}

/** The name that the service or the SDK gives a failure; `''` for something else, and for a name that cannot be read. */
export function nameOf(failure: unknown): string {
  if (failure instanceof Error) {
    try {
      return String(failure.name)
    } catch {
      return ''
    }
  }
  return (failure as StatementFailure | undefined)?.Code ?? ''
}

export function isAccessDenied(failure: unknown): boolean {
  return nameOf(failure).startsWith('AccessDenied')
}

export function isConditionFailure(failure: unknown): boolean {
  return /^(ConditionalCheckFailed|DuplicateItem)/.test(nameOf(failure))
}

export function isMisconfigured(failure: unknown): boolean {
  return MISCONFIGURED.test(nameOf(failure)) || isRegionWrong(failure) || isEndpointWrong(failure)
}

/** The SDK has no name of its own for it. */
export function isRegionWrong(failure: unknown): boolean {
  return failure instanceof Error && /^Region (is missing$|not accepted)/.test(failure.message)
}

/** An endpoint that is no URL, as Node.js says it. */
export function isEndpointWrong(failure: unknown): boolean {
  const { code }: Described = Object(failure)
  return code === 'ERR_INVALID_URL'
}

/** An answer came, and the SDK could not read it as one of the service: a page of a proxy, say. */
export function isOfNoService(failure: unknown): boolean {
  return /^(SyntaxError|Unknown(Error)?)$/.test(nameOf(failure)) && statusOf(failure) !== undefined
}

/**
 * Whether a batch was refused in a way that may be meant for the batch form alone: not allowed, not known, or not
 * understood. A table named by its ARN may be looked for under that name.
 */
export function isFormRefused(failure: unknown, table: string): boolean {
  const name = nameOf(failure)
  if (FORM_REFUSED.test(name) || (name.startsWith('ResourceNotFound') && table.startsWith('arn:')))
    return true
  const status = statusOf(failure)
  return status === 404 || status === 405 || status === 501
}

export function isThrottled(failure: unknown): boolean {
  return THROTTLED.test(nameOf(failure))
}

/** Whether a failure is known to pass. What is not known is tried a few times, no more. */
export function isPassing(failure: unknown): boolean {
  return (
    isThrottled(failure) ||
    PASSING.test(nameOf(failure)) ||
    networkCode(failure) !== undefined ||
    Number(statusOf(failure)) >= 500
  )
}

/** What Node.js calls a failure of the network or of TLS, `ECONNREFUSED` say. */
export function networkCode(failure: unknown): string | undefined {
  const { code }: Described = Object(failure)
  return typeof code === 'string' && NETWORK.test(code) ? code : undefined
}

/** Names of the system, and OpenSSL's of what is wrong with a certificate. */
const NETWORK = /^(E[A-Z_]{2,}|[A-Z_]*CERT[A-Z_]*|UNABLE_TO_[A-Z_]+|HOSTNAME_MISMATCH)$/

/** Whether nothing but load or slowness kept the store from answering. */
export function reasonOf(failure: unknown): UnavailableReason | undefined {
  if (isThrottled(failure)) return 'throttling'
  return /Timeout|TIMEDOUT/.test(nameOf(failure)) ? 'timeout' : undefined
}

/** What the failure says of itself. */
export function messageOf(failure: unknown): string | undefined {
  return failure instanceof Error ? failure.message : (failure as StatementFailure | undefined)?.Message
}

/** HTTP status, where there was an answer; the SDK hides it where it could not read that. */
export function statusOf(failure: unknown): unknown {
  const { $metadata, $response }: Described = Object(failure)
  return $metadata?.httpStatusCode ?? $response?.statusCode
}
