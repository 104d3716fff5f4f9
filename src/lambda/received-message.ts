import type { ReceivedMessage } from '../protocol/message.ts'
import type { SqsMessageAttribute, SqsRecord } from '../protocol/sqs-record.ts'

type AttributeValue = string | number | Uint8Array

/** One record as handlers see it. A class, because it is made per message and most never ask for its attributes. */
export class ReceivedRecord implements ReceivedMessage<unknown> {
  // Declared only: a field that is defined too would be set twice.
  declare readonly messageId: string
  /** The raw string until it is parsed. */
  declare body: unknown
  declare readonly groupId: string | undefined
  declare readonly receiveCount: number
  declare readonly sentAt: number
  declare readonly record: SqsRecord
  /** Idempotency key for display; set once it is known. */
  key = ''
  #attributes: Readonly<Record<string, AttributeValue>> | undefined

  constructor(record: SqsRecord) {
    const { messageId, body, attributes } = record
    this.messageId = messageId
    this.body = body
    this.groupId = attributes?.MessageGroupId
    // A count that cannot be read is taken for a redelivery: looking first is always safe.
    const count = Number(attributes?.ApproximateReceiveCount)
    this.receiveCount = count >= 1 ? count : 2
    this.sentAt = Number(attributes?.SentTimestamp)
    this.record = record
  }

  get attributes(): Readonly<Record<string, AttributeValue>> {
    this.#attributes ??= plainAttributes(this.record.messageAttributes)
    return this.#attributes
  }
}

function plainAttributes(given: SqsRecord['messageAttributes'] | undefined): Record<string, AttributeValue> {
  // No prototype: an attribute may be called anything.
  const plain: Record<string, AttributeValue> = Object.create(null)
  for (const [name, attribute] of Object.entries(given ?? {})) plain[name] = plainValue(attribute)
  return plain
}

function plainValue({ dataType, stringValue = '', binaryValue }: SqsMessageAttribute): AttributeValue {
  if (dataType.startsWith('Binary')) return Buffer.from(binaryValue ?? '', 'base64')
  if (!dataType.startsWith('Number')) return stringValue
  const number = Number(stringValue)
  // SQS numbers have up to 38 digits; one that a double cannot hold stays text.
  return String(number) === stringValue ? number : stringValue
}
