import { StoreMisconfiguredError } from '../../errors/store-misconfigured-error.ts'

/** Errors that waiting does not cure. Names as the service and the SDK give them. */
const MISCONFIGURED = new Set([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'IncompleteSignatureException',
  'ValidationException',
  'CredentialsProviderError',
])

/** The same, as codes of single statements in a batch. */
const MISCONFIGURED_STATEMENT = new Set(['ResourceNotFound', 'ValidationError'])

/** The answer did not come before the call's deadline. Whether the request was applied is unknown. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError'
}

/** The name of an error, or `''` for something else that was thrown. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

export function isAccessDenied(error: unknown): boolean {
  return nameOf(error) === 'AccessDeniedException'
}

export function isConditionFailure(error: unknown): boolean {
  return nameOf(error) === 'ConditionalCheckFailedException'
}

export function isMisconfigured(error: unknown): boolean {
  const name = nameOf(error)
  return MISCONFIGURED.has(name) || name.includes('KMS')
}

export function isMisconfiguredStatement(code: string | undefined): boolean {
  return code !== undefined && MISCONFIGURED_STATEMENT.has(code)
}

const ADVICE: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'Create the table, or correct the `table` option, ONCEKIT_TABLE or the Region.',
  ResourceNotFound: 'Create the table, or correct the `table` option, ONCEKIT_TABLE or the Region.',
  AccessDeniedException:
    "Allow the function's role dynamodb:PutItem, UpdateItem, GetItem, BatchGetItem, PartiQLInsert and PartiQLUpdate on the table (the construct's grants do), and the use of the table's KMS key.",
  ValidationException: 'The table needs the partition key `id` (S) and no sort key.',
  ValidationError: 'The table needs the partition key `id` (S) and no sort key.',
  CredentialsProviderError: 'Give the function a role, or the process credentials.',
}

/** The error for the user: which table, what the service said, what to do. */
export function misconfigured(
  table: string,
  name: string,
  message: string,
  cause?: unknown,
): StoreMisconfiguredError {
  const advice = ADVICE[name] ?? "Check the table, its KMS key and the function's role."
  return new StoreMisconfiguredError(
    `The idempotency table "${table}" cannot be used: ${name}: ${message} ${advice}`,
    { cause },
  )
}
