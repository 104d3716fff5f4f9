import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import { failureName } from '../observe/failure-name.ts'
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
    throw new MessageInvalidError(`its body is ${body === '' ? 'empty' : 'not JSON'}${positionOf(error)}`, {
      cause: error,
    })
  }
  const result = validate(schema, value)
  // A promise of this realm, which is what the caller looks for.
  return 'then' in result ? Promise.resolve(result).then(accepted, threw) : accepted(result)
}

function validate(
  schema: StandardSchemaV1,
  value: unknown,
): ReturnType<(typeof schema)['~standard']['validate']> {
  try {
    return schema['~standard'].validate(value)
  } catch (error) {
    return threw(error)
  }
}

/** A schema should answer with issues; one that throws instead refuses the message all the same. */
function threw(error: unknown): never {
  throw new MessageInvalidError(`the \`schema\` option threw ${failureName(error)}`, { cause: error })
}

/** The issues' own messages may quote the body, so they go to the cause only, which no default listener prints. */
function accepted(result: SchemaResult<unknown>): unknown {
  const { issues } = result
  if (!issues) return result.value
  const more = issues.length > 1 ? ` and ${issues.length - 1} more` : ''
  throw new MessageInvalidError(`its body does not fit the schema ${pathOf(issues[0])}${more}`, {
    cause: issues,
  })
}

function pathOf(issue: SchemaIssue | undefined): string {
  const steps = (issue?.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step))
  return steps.length === 0 ? 'at its root' : `at ${steps.join('.')}`
}

/** Where the parser stopped, if it says so, without the text of the body that its message quotes. */
function positionOf(error: unknown): string {
  const position = error instanceof Error ? / at position \d+/.exec(error.message) : null
  return position?.[0] ?? ''
}
