import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { SchemaIssue, SchemaResult, StandardSchemaV1 } from '../options/standard-schema.ts'
import { optionThrew } from './option-threw.ts'

/**
 * The body as the schema returns it; without a schema the raw string.
 * @throws MessageInvalidError naming the path of the first problem
 */
export function parseBody(body: string, schema: StandardSchemaV1 | undefined): unknown {
  if (!schema) return body
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw new MessageInvalidError(`its body is ${body ? 'not JSON' : 'empty'}${positionOf(cause)}`, { cause })
  }
  let result: ReturnType<(typeof schema)['~standard']['validate']>
  try {
    result = schema['~standard'].validate(value)
  } catch (error) {
    return threw(error)
  }
  // A promise of this realm, which is what the caller looks for.
  return 'then' in result ? Promise.resolve(result).then(accepted, threw) : accepted(result)
}

/** A schema should answer with issues; one that throws instead refuses the message all the same. */
function threw(cause: unknown): never {
  throw new MessageInvalidError(optionThrew('schema', cause), { cause })
}

/** The issues' own messages may quote the body, so they go to the cause only, which no default listener prints. */
function accepted(result: SchemaResult<unknown>): unknown {
  const { issues: cause } = result
  if (!cause) return result.value
  const more = cause.length > 1 ? ` and ${cause.length - 1} more` : ''
  throw new MessageInvalidError(`its body does not fit the schema ${pathOf(cause[0])}${more}`, { cause })
}

function pathOf(issue: SchemaIssue | undefined): string {
  const path = issue?.path?.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
  return `at ${path || 'its root'}`
}

/** Where the parser stopped, if it says so, without the text of the body that its message quotes. */
function positionOf(error: unknown): string {
  return / at position \d+/.exec(String(error))?.[0] ?? ''
}
