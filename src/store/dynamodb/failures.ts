import { StoreMisconfiguredError } from '../../errors/store-misconfigured-error.ts'
import type { UnavailableReason } from '../contract.ts'

/** Failures that waiting does not cure, by the names of the service and the SDK and by the codes of statements. */
const MISCONFIGURED =
  /^(ResourceNotFound|AccessDenied|UnrecognizedClient|InvalidSignature|MissingAuthenticationToken|IncompleteSignature|Validation)(Exception|Error)?$|^CredentialsProviderError$|KMS/

/** The answer did not come before the call's deadline. Whether the request was applied is unknown. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError'
}

/** A failure of a whole request, or of one statement of a batch. */
export interface StatementFailure {
  readonly Code?: string | undefined
  readonly Message?: string | undefined
}

/** The name that the service or the SDK gives a failure; `''` for something else. */
export function nameOf(failure: unknown): string {
  if (failure instanceof Error) return failure.name
  return (failure as StatementFailure | undefined)?.Code ?? ''
}

export function isAccessDenied(failure: unknown): boolean {
  return nameOf(failure).startsWith('AccessDenied')
}

export function isConditionFailure(failure: unknown): boolean {
  return /^(ConditionalCheckFailed|DuplicateItem)/.test(nameOf(failure))
}

export function isMisconfigured(failure: unknown): boolean {
  return MISCONFIGURED.test(nameOf(failure))
}

/** Whether nothing but load or slowness kept the store from answering. */
export function reasonOf(failure: unknown): UnavailableReason | undefined {
  const name = nameOf(failure)
  if (/Throttl|ThroughputExceeded|LimitExceeded|TooManyRequests|SlowDown/.test(name)) return 'throttling'
  return /Timeout|TIMEDOUT/.test(name) ? 'timeout' : undefined
}

/** The error for the user: which table, what the service said, what to check. */
export function misconfigured(table: string, failure: unknown): StoreMisconfiguredError {
  const said = failure instanceof Error ? failure.message : (failure as StatementFailure | undefined)?.Message
  return new StoreMisconfiguredError(
    `The idempotency table "${table}" cannot be used: ${nameOf(failure)}: ${said?.replace(/\.$/, '')}. It needs the partition key \`id\` (S) and no sort key, in this Region; the role needs PutItem, UpdateItem, GetItem, BatchGetItem, PartiQLInsert and PartiQLUpdate on it, and the use of its KMS key.`,
    { cause: failure },
  )
}
