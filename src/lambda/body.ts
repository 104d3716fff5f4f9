import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { SchemaIssue, SchemaResult, StandardSchemaV1 } from '../options/standard-schema.ts'

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
  return 'then' in result ? result.then(accepted) : accepted(result)
}

/** The issues' own messages may quote the body, so they go to the cause only, which no default listener prints. */
function accepted(result: SchemaResult<unknown>): unknown {
  const { issues } = result
  if (!issues) return result.value
  const more = issues.length > 1 ? `, the first of ${issues.length}` : ''
  throw new MessageInvalidError(`it does not fit the schema ${pathOf(issues[0])}${more}`, { cause: issues })
}

function pathOf(issue: SchemaIssue | undefined): string {
  const steps = (issue?.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step))
  return steps.length === 0 ? 'at its root' : `at ${steps.join('.')}`
}

/** Where the parser stopped, without the text of the body that its message quotes. */
function positionOf(error: unknown): string {
  const position = error instanceof Error ? /position \d+/.exec(error.message)?.[0] : undefined
  return position ?? 'it ends too early'
}
