import type { AttributeValue, ReceivedMessage } from '../protocol/message.ts'
import type { SqsRecord } from '../protocol/sqs-record.ts'
import { plainAttributes } from './attributes.ts'
import type { Opened } from './envelope.ts'

/** One record as handlers see it. All of it its own, so that a copy, `{ ...message }`, has it too. */
export class ReceivedRecord implements ReceivedMessage<unknown> {
  // Declared only: a field that is defined too would be set twice.
  declare readonly messageId: string
  /** The raw string until it is parsed. */
  declare body: unknown
  declare attributes: Readonly<Record<string, AttributeValue>>
  declare envelope: unknown
  declare readonly groupId: string | undefined
  declare readonly receiveCount: number
  declare readonly sentAt: number
  declare readonly record: SqsRecord
  /** Idempotency key for display; set once it is known. */
  declare key: string

  constructor(record: SqsRecord) {
    const { messageId, body, attributes, messageAttributes } = record
    this.messageId = messageId
    this.body = body
    // A property with a getter costs more than all the others together, and most messages have no attributes.
    if (hasAny(messageAttributes)) Object.defineProperty(this, 'attributes', ATTRIBUTES)
    else this.attributes = plainAttributes(undefined)
    this.envelope = undefined
    this.groupId = attributes?.MessageGroupId
    // A count that cannot be read is taken for a redelivery: looking first is always safe.
    const count = Number(attributes?.ApproximateReceiveCount)
    this.receiveCount = count >= 1 ? count : 2
    this.sentAt = Number(attributes?.SentTimestamp)
    this.record = record
    this.key = ''
  }
}

function hasAny(attributes: SqsRecord['messageAttributes'] | undefined): boolean {
  for (const _ in attributes) return true
  return false
}

/** Made when they are first asked for: most handlers never do. */
const ATTRIBUTES: PropertyDescriptor & ThisType<ReceivedRecord> = {
  get() {
    return keepAttributes(this, plainAttributes(this.record.messageAttributes))
  },
  enumerable: true,
  configurable: true,
}

/** What is inside of the message's envelope takes the place of what is outside. */
export function putInside(message: ReceivedRecord, { body, attributes, envelope }: Opened): void {
  message.body = body
  message.envelope = envelope
  if (attributes) keepAttributes(message, attributes)
}

function keepAttributes(
  message: ReceivedRecord,
  value: Readonly<Record<string, AttributeValue>>,
): Readonly<Record<string, AttributeValue>> {
  // A message that its handler has frozen makes them anew each time.
  Reflect.defineProperty(message, 'attributes', {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
  return value
}
