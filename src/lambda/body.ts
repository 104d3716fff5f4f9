import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { SchemaIssue, SchemaResult, StandardSchemaV1 } from '../options/standard-schema.ts'
import { isThenable, kindOf } from '../protocol/identity.ts'
import { optionThrew } from './option-threw.ts'

/** U+FEFF before the text: some producers write it, no JSON parser takes it. */
const BYTE_ORDER_MARK = '\ufeff'

/**
 * A text from a body as JSON.
 * @throws MessageInvalidError with where the parser stopped
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(withoutMark(text))
  } catch (cause) {
    throw new MessageInvalidError(`its body is ${text ? 'not JSON' : 'empty'}${positionOf(cause)}`, { cause })
  }
}

export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}

/**
 * The body as the schema returns it; without a schema the raw string.
 * @throws MessageInvalidError naming the path of the first problem
 */
export function parseBody(body: string, schema: StandardSchemaV1 | undefined): unknown {
  if (!schema) return body
  const value = parseJson(body)
  let result: ReturnType<(typeof schema)['~standard']['validate']>
  try {
    result = schema['~standard'].validate(value)
  } catch (error) {
    return threw(error)
  }
  // A promise of this realm, which is what the caller looks for.
  return isThenable(result) ? Promise.resolve(result).then(accepted, threw) : accepted(result)
}

/** A schema should answer with issues; one that throws instead refuses the message all the same. */
function threw(cause: unknown): never {
  throw new MessageInvalidError(optionThrew('schema', cause), { cause })
}

/** The issues' own messages may quote the body, so they go to the cause only, which no default listener prints. */
function accepted(result: SchemaResult<unknown>): unknown {
  // A schema of one's own may answer with anything.
  if (typeof result !== 'object' || result === null)
    throw new MessageInvalidError(
      `the \`schema\` option returned ${kindOf(result)}, no result of a Standard Schema`,
    )
  const { issues: cause } = result
  if (!cause) return result.value
  const more = cause.length > 1 ? ` and ${cause.length - 1} more` : ''
  throw new MessageInvalidError(`its body does not fit the schema ${pathOf(cause[0])}${more}`, { cause })
}

function pathOf(issue: SchemaIssue | undefined): string {
  const path = issue?.path
    ?.slice(0, 32)
    .map((step) => spell(String(typeof step === 'object' ? step.key : step)))
  return `at ${path?.join('.') || 'its root'}`
}

/** A name as a schema has it, or an index; one that may be data, as the names of a record are, is not shown. */
function spell(step: string): string {
  return /^(?:[A-Za-z_$][\w$-]{0,63}|\d{1,6})$/.test(step) ? step : '…'
}

/** Where the parser stopped, if it says so, without the text of the body that its message quotes. */
function positionOf(error: unknown): string {
  return / at position \d+/.exec(String(error))?.[0] ?? ''
}
