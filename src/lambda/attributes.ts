import { canonicalDecimal, survivesDouble } from '../protocol/decimal.ts'
import type { MissingKey } from '../protocol/key.ts'
import type { AttributeValue } from '../protocol/message.ts'
import { KEY_MESSAGE_ATTRIBUTE } from '../protocol/names.ts'
import type { SqsRecord } from '../protocol/sqs-record.ts'

export type MessageAttributes = SqsRecord['messageAttributes'] | undefined

/**
 * Message attributes as plain values. One that cannot be read is left out: a message whose attributes are not looked at
 * must not fail because of them.
 */
export function plainAttributes(given: MessageAttributes): Record<string, AttributeValue> {
  // No prototype: an attribute may be called anything.
  const plain: Record<string, AttributeValue> = Object.create(null)
  for (const [name, attribute] of Object.entries(given ?? {})) {
    const value = plainValue(attribute)
    if (value !== undefined) plain[name] = value
  }
  return plain
}

function plainValue(attribute: unknown): AttributeValue | undefined {
  const { type, text, bytes } = read(attribute)
  if (isOf('Binary', type)) return bytes === undefined ? undefined : Buffer.from(bytes, 'base64')
  return text !== undefined && isOf('Number', type) ? numberOf(text) : text
}

/**
 * A number by its value, not by its spelling: `5.50` is 5.5 and `1e3` is 1000. What a double does not hold exactly, a
 * whole number beyond 2^53 or more digits than a double gives back, stays text: the number written in full.
 */
function numberOf(text: string): string | number {
  const decimal = canonicalDecimal(text)
  if (decimal === undefined) return text
  const number = Number(decimal)
  const exact = survivesDouble(decimal) && (Number.isSafeInteger(number) || !Number.isInteger(number))
  return exact ? number : decimal
}

/**
 * The producer's idempotency key; `undefined`: there is none. One that is there and cannot be read is missing, never
 * silently replaced. A number counts by its value: `10`, `10.0` and `1e1` are one key.
 */
export function keyAttribute(given: MessageAttributes): string | MissingKey | undefined {
  const attribute: unknown = given?.[KEY_MESSAGE_ATTRIBUTE]
  if (attribute === undefined) return undefined
  const { type, text } = read(attribute)
  const missing = (what: string): MissingKey => ({
    missing: `the message attribute ${KEY_MESSAGE_ATTRIBUTE} ${what}`,
  })
  if (isOf('Binary', type)) return missing('is of type Binary, which is no text')
  if (text === undefined) return missing('has no text value')
  if (text === '') return missing('is empty')
  if (!text.isWellFormed()) return missing('is not well-formed Unicode')
  if (!isOf('Number', type)) return text
  return canonicalDecimal(text) ?? missing('is of type Number and is none')
}

/** `Number`, or `Number.` with a label of the producer's. */
function isOf(type: 'Number' | 'Binary', given: string): boolean {
  return given === type || given.startsWith(`${type}.`)
}

/** One attribute, with its inner names as Lambda gives them or as SQS's own API does (some local runners). */
function read(attribute: unknown): {
  readonly type: string
  readonly text: string | undefined
  readonly bytes: string | undefined
} {
  const { dataType, DataType, stringValue, StringValue, binaryValue, BinaryValue } = Object(attribute)
  const type: unknown = dataType ?? DataType
  const text: unknown = stringValue ?? StringValue
  const bytes: unknown = binaryValue ?? BinaryValue
  return {
    type: typeof type === 'string' ? type : 'String',
    text: typeof text === 'string' ? text : undefined,
    bytes: typeof bytes === 'string' ? bytes : undefined,
  }
}
