import { createHash } from 'node:crypto'
import { ConfigError } from '../errors/config-error.ts'
import { render } from '../errors/render.ts'
import type { SqsMessageAttribute, SqsRecord } from '../protocol/sqs-record.ts'

/** One message of a made-up event; everything but the body has a default. */
export interface SqsEventMessage {
  /** A string goes in as it is; anything else as JSON. */
  readonly body: unknown
  /**
   * Two events with one id are two deliveries of one message: give it to say so.
   * @default 'message-1', 'message-2', … counted through the process: no two messages that are made up have the same
   */
  readonly messageId?: string | undefined
  /** More than 1: a redelivery. @default 1 */
  readonly receiveCount?: number | undefined
  /** Message attributes: strings, numbers, or bytes. @default none */
  readonly attributes?: Readonly<Record<string, string | number | Uint8Array>> | undefined
  /** `MessageGroupId`: the FIFO group, or on a standard queue the fair-queue group. */
  readonly groupId?: string | undefined
  /** Epoch milliseconds. @default one second before `now` */
  readonly sentAt?: number | undefined
}

export interface SqsEventOptions {
  /** Ends in `.fifo`: a FIFO queue. @default 'queue', or 'queue.fifo' with `fifo: true` */
  readonly queueName?: string | undefined
  /** @default false */
  readonly fifo?: boolean | undefined
  /** Epoch milliseconds of this delivery. @default the clock */
  readonly now?: number | undefined
}

let made = 0

/**
 * An SQS event as Lambda hands it to a function, for tests. A message may be given as its body alone. Each call makes new
 * messages, with ids that no message of this process had before; a redelivery is the same event again, or a message with
 * the same `messageId` and a higher `receiveCount`.
 *
 * @example sqsEvent([{ body: { orderId: 'A-1' } }, { body: { orderId: 'A-1' }, receiveCount: 2 }])
 * @throws ConfigError when `queueName` and `fifo` disagree, or a message has no body.
 */
export function sqsEvent(
  messages: readonly (SqsEventMessage | string)[],
  options: SqsEventOptions = {},
): { Records: SqsRecord[] } {
  const { fifo = options.queueName?.endsWith('.fifo') ?? false, now = Date.now() } = options
  const { queueName = fifo ? 'queue.fifo' : 'queue' } = options
  if (fifo !== queueName.endsWith('.fifo')) {
    throw new ConfigError(
      `sqsEvent: fifo is ${fifo} but queueName is "${queueName}". FIFO queues end in ".fifo".`,
    )
  }
  if (!Array.isArray(messages)) {
    throw new ConfigError(
      `sqsEvent: the messages are ${render(messages)}. Allowed: a list of messages or of bodies, such as sqsEvent([{ body: { orderId: 'A-1' } }]).`,
    )
  }
  const arn = `arn:aws:sqs:us-east-1:000000000000:${queueName}`
  return {
    Records: messages.map((given: SqsEventMessage | string, index) => {
      const message = typeof given === 'string' ? { body: given } : given
      assertBody(message, index + 1)
      made += 1
      return toRecord(message, made, { arn, fifo, now })
    }),
  }
}

/** Any body that has a text; most often it is the message itself that was given in its place. */
function assertBody(message: unknown, number: number): void {
  const { body }: { readonly body?: unknown } = Object(message)
  if (body !== undefined && JSON.stringify(body) !== undefined) return
  const names = Object.keys(Object(message)).slice(0, 8).join(', ')
  throw new ConfigError(
    `sqsEvent: message ${number} has no body${names && `; it has ${names}`}. Give its text, or any value for JSON, as "body": sqsEvent([{ body: { orderId: 'A-1' } }]).`,
  )
}

function toRecord(
  message: SqsEventMessage,
  number: number,
  { arn, fifo, now }: { arn: string; fifo: boolean; now: number },
): SqsRecord {
  const { messageId = `message-${number}`, receiveCount = 1, sentAt = now - 1_000 } = message
  const body = typeof message.body === 'string' ? message.body : JSON.stringify(message.body)
  const groupId = message.groupId ?? (fifo ? 'group' : undefined)
  return {
    messageId,
    receiptHandle: `${messageId}-receipt-${receiveCount}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: String(now),
      ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
      ...(fifo
        ? { MessageDeduplicationId: messageId, SequenceNumber: String(number).padStart(20, '0') }
        : {}),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'us-east-1',
  }
}

function toAttribute(value: string | number | Uint8Array): SqsMessageAttribute {
  const lists = { stringListValues: [], binaryListValues: [] }
  if (typeof value === 'string') return { stringValue: value, ...lists, dataType: 'String' }
  if (typeof value === 'number') return { stringValue: String(value), ...lists, dataType: 'Number' }
  return { binaryValue: Buffer.from(value).toString('base64'), ...lists, dataType: 'Binary' }
}
