import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '../errors/config-error.ts'
import type { SqsClientShape } from './local-queue/queue-shapes.ts'

const DEDUPLICATION_MS = 300_000
const LOOK_EVERY_MS = 20
const ARN = 'arn:aws:sqs:us-east-1:000000000000'

/** Options of {@link fifoQueue}. */
export interface FifoQueueOptions {
  /** Seconds that a received message stays away. @default 30 */
  readonly visibilityTimeout?: number | undefined
  /** Receives before a message goes to the dead letters. @default none: it comes back for ever */
  readonly maxReceiveCount?: number | undefined
}

/** One message for {@link FifoQueue.send}. */
export interface FifoMessage {
  readonly body: string
  readonly groupId: string
  /** @default a new one: never a repetition */
  readonly deduplicationId?: string | undefined
  /** Message attributes of type String. @default none */
  readonly attributes?: Readonly<Record<string, string>> | undefined
}

/** A queue in this process. */
export interface FifoQueue {
  /** For `localQueue({ client })`, or wherever the SDK's `SQSClient` is taken by its `send`. */
  readonly client: SqsClientShape
  readonly queueUrl: string
  /** Puts messages at the end. Returns their ids; one that repeats a deduplication id is accepted and not delivered. */
  send(messages: readonly FifoMessage[]): string[]
  /** Bodies of the messages that were received too often, oldest first. */
  deadLetters(): string[]
}

interface Held extends FifoMessage {
  readonly id: string
  readonly sequence: string
  readonly sentAt: number
  receiveCount: number
  firstReceivedAt: number
  receipt: string
  /** Epoch ms; in flight until then. */
  hiddenUntil: number
}

interface Entry {
  readonly Id?: string
  readonly ReceiptHandle?: string
  readonly VisibilityTimeout?: number
}

type Input = Readonly<{ MaxNumberOfMessages?: number; WaitTimeSeconds?: number; Entries?: readonly Entry[] }>

/**
 * A FIFO queue as AWS keeps one: a receive takes as many messages of one group as fit, in order, then of the next; while
 * any message of a group is in flight the group gives no more; what comes back comes back in its place. Local servers hand
 * out one message per group, so that a handler behind them never sees two.
 *
 * It lives in this process and does what an event source mapping asks of a queue: receive, delete, change visibility, tell
 * its attributes. It has no delays, no high-throughput mode and no limit on messages in flight.
 *
 * @example
 * const fifo = fifoQueue()
 * fifo.send([{ body: 'a1', groupId: 'a' }, { body: 'a2', groupId: 'a' }])
 * const queue = await localQueue({ client: fifo.client, queueUrl: fifo.queueUrl, invoke: handler })
 */
export function fifoQueue(options: FifoQueueOptions = {}): FifoQueue {
  const { visibilityTimeout = 30, maxReceiveCount } = options
  const name = `${randomUUID()}.fifo`
  const known = new Map<string, number>()
  const dead: Held[] = []
  let messages: Held[] = []
  let sent = 0

  function take(most: number): Held[] {
    const now = Date.now()
    const busy = new Set(
      messages.filter(({ hiddenUntil }) => hiddenUntil > now).map(({ groupId }) => groupId),
    )
    const free = Map.groupBy(
      messages.filter(({ groupId }) => !busy.has(groupId)),
      ({ groupId }) => groupId,
    )
    const taken: Held[] = []
    for (const message of [...free.values()].flat()) {
      if (taken.length === most) break
      message.receiveCount += 1
      if (message.receiveCount > (maxReceiveCount ?? Infinity)) {
        dead.push(message)
        messages = messages.filter((one) => one !== message)
        continue
      }
      message.firstReceivedAt ||= now
      message.receipt = randomUUID()
      message.hiddenUntil = now + visibilityTimeout * 1_000
      taken.push(message)
    }
    return taken
  }

  async function receive({ MaxNumberOfMessages: most = 1, WaitTimeSeconds: wait = 0 }: Input) {
    const end = performance.now() + wait * 1_000
    let taken = take(most)
    while (taken.length === 0 && performance.now() < end) {
      await sleep(LOOK_EVERY_MS)
      taken = take(most)
    }
    return { Messages: taken.map(received) }
  }

  /** What an entry names, if it is still in flight under that receipt: an older one says nothing. */
  function inFlight({ ReceiptHandle }: Entry): Held | undefined {
    return messages.find(({ receipt, hiddenUntil }) => receipt === ReceiptHandle && hiddenUntil > Date.now())
  }

  function each({ Entries = [] }: Input, work: (message: Held, entry: Entry) => void) {
    const Failed: object[] = []
    const Successful: object[] = []
    for (const entry of Entries) {
      const message = inFlight(entry)
      if (message === undefined)
        Failed.push({ Id: entry.Id, Code: 'ReceiptHandleIsInvalid', SenderFault: true })
      else {
        work(message, entry)
        Successful.push({ Id: entry.Id })
      }
    }
    return { Failed, Successful }
  }

  function attributes() {
    const hidden = messages.filter(({ hiddenUntil }) => hiddenUntil > Date.now()).length
    const policy = { deadLetterTargetArn: `${ARN}:dead-${name}`, maxReceiveCount }
    return {
      Attributes: {
        QueueArn: `${ARN}:${name}`,
        FifoQueue: 'true',
        VisibilityTimeout: String(visibilityTimeout),
        ApproximateNumberOfMessages: String(messages.length - hidden),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
        ApproximateNumberOfMessagesDelayed: '0',
        ...(maxReceiveCount === undefined ? undefined : { RedrivePolicy: JSON.stringify(policy) }),
      },
    }
  }

  async function answer(operation: string, input: Input): Promise<unknown> {
    switch (operation) {
      case 'ReceiveMessageCommand':
        return receive(input)
      case 'DeleteMessageBatchCommand':
        return each(input, (message) => {
          messages = messages.filter((one) => one !== message)
        })
      case 'ChangeMessageVisibilityBatchCommand':
        return each(input, (message, { VisibilityTimeout: seconds = 0 }) => {
          message.hiddenUntil = Date.now() + seconds * 1_000
        })
      case 'GetQueueAttributesCommand':
        return attributes()
      default:
        throw new ConfigError(
          `fifoQueue does not know ${operation}. It receives, deletes and changes visibility in batches and tells its attributes; messages come by its own send().`,
        )
    }
  }

  return {
    queueUrl: `http://127.0.0.1:1/000000000000/${name}`,
    client: {
      send: (command: { readonly constructor: { readonly name: string }; readonly input: Input }) =>
        answer(command.constructor.name, command.input),
    },
    send(given) {
      const now = Date.now()
      return given.map((message) => {
        const id = randomUUID()
        const { deduplicationId = id } = message
        if ((known.get(deduplicationId) ?? -Infinity) > now - DEDUPLICATION_MS) return id
        known.set(deduplicationId, now)
        sent += 1
        const sequence = String(sent).padStart(20, '0')
        const fresh = { receiveCount: 0, firstReceivedAt: 0, receipt: '', hiddenUntil: 0 }
        messages.push({ ...message, deduplicationId, id, sequence, sentAt: now, ...fresh })
        return id
      })
    },
    deadLetters: () => dead.map(({ body }) => body),
  }
}

/** As ReceiveMessage answers. */
function received(message: Held) {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: createHash('md5').update(message.body).digest('hex'),
    Attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      MessageGroupId: message.groupId,
      MessageDeduplicationId: message.deduplicationId,
      SequenceNumber: message.sequence,
    },
    MessageAttributes: Object.fromEntries(
      Object.entries(message.attributes ?? {}).map(([name, value]) => [
        name,
        { DataType: 'String', StringValue: value },
      ]),
    ),
  }
}
