import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { SchemaIssue, StandardSchemaV1 } from '../options/standard-schema.ts'

/**
 * The body as the schema returns it; without a schema the raw string.
 * @throws MessageInvalidError naming the path of the first problem
 */
export function parseBody(body: string, schema: StandardSchemaV1 | undefined): unknown {
  if (schema === undefined) return body
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (error) {
    throw new MessageInvalidError(`it is not JSON (${positionOf(error)})`, { cause: error })
  }
  const result = schema['~standard'].validate(value)
  return result instanceof Promise ? result.then(accepted) : accepted(result)
}

function accepted(result: {
  readonly issues?: readonly SchemaIssue[] | undefined
  readonly value?: unknown
}): unknown {
  const [first] = result.issues ?? []
  if (result.issues === undefined || first === undefined) return result.value
  const more = result.issues.length > 1 ? ` (and ${result.issues.length - 1} more)` : ''
  throw new MessageInvalidError(`${pathOf(first)}: ${first.message}${more}`)
}

function pathOf(issue: SchemaIssue): string {
  const steps = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step))
  return steps.length === 0 ? 'at its root' : `at ${steps.join('.')}`
}

/** Where the parser stopped, without the text of the body that its message quotes. */
function positionOf(error: unknown): string {
  const position = error instanceof Error ? /position \d+/.exec(error.message)?.[0] : undefined
  return position ?? 'it ends too early'
}
