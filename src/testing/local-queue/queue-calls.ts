import { ConfigError } from '../../errors/config-error.ts'
import type { SqsRecord } from '../../protocol/sqs-record.ts'
import type { QueueDepth, QueueFacts, SqsClientShape } from './queue-shapes.ts'
import type { SqsSdk } from './sqs-sdk.ts'
import { toRecord } from './to-record.ts'

/** Most entries of one SQS batch call, and most messages of one receive. */
export const SQS_BATCH_LIMIT = 10
const DELETE_ATTEMPTS = 3

/** The calls that an event source mapping makes on its queue; longer lists go in chunks of ten, by position. */
export class QueueCalls {
  readonly #send: (command: unknown, options?: { abortSignal?: AbortSignal }) => Promise<unknown>
  readonly #queueUrl: string
  readonly #sdk: SqsSdk

  constructor(sdk: SqsSdk, client: SqsClientShape, queueUrl: string) {
    this.#sdk = sdk
    // The command types of the SDK's overloads cannot be named without the SDK's own client type.
    this.#send = client.send.bind(client) as (command: unknown) => Promise<unknown>
    this.#queueUrl = queueUrl
  }

  async facts(): Promise<QueueFacts> {
    const attributes = await this.#attributes(['QueueArn', 'VisibilityTimeout', 'RedrivePolicy'])
    const { QueueArn: arn, VisibilityTimeout: visibility, RedrivePolicy: policy } = attributes
    if (!arn)
      throw new ConfigError(
        `The queue ${this.#queueUrl} does not say its ARN; the server must support QueueArn.`,
      )
    const redrive: unknown = policy ? JSON.parse(policy) : undefined
    const count =
      redrive !== null &&
      typeof redrive === 'object' &&
      'maxReceiveCount' in redrive &&
      redrive.maxReceiveCount
    return {
      arn,
      fifo: arn.endsWith('.fifo'),
      visibilityTimeout: Number(visibility),
      maxReceiveCount: count ? Number(count) : undefined,
    }
  }

  async depth(): Promise<QueueDepth> {
    const attributes = await this.#attributes([
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ])
    return {
      visible: Number(attributes['ApproximateNumberOfMessages'] ?? 0),
      inFlight: Number(attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
      delayed: Number(attributes['ApproximateNumberOfMessagesDelayed'] ?? 0),
    }
  }

  /** At most ten messages. Waits for the first one up to `waitSeconds`, whole seconds. */
  async receive(max: number, waitSeconds: number, queueArn: string): Promise<SqsRecord[]> {
    const command = new this.#sdk.ReceiveMessageCommand({
      QueueUrl: this.#queueUrl,
      MaxNumberOfMessages: Math.min(max, SQS_BATCH_LIMIT),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    })
    // The answer of ReceiveMessage.
    const { Messages } = (await this.#send(command)) as { Messages?: Parameters<typeof toRecord>[0][] }
    return (Messages ?? []).map((message) => toRecord(message, queueArn))
  }

  /** Deletes; returns how many the queue refused to delete, after a few attempts. */
  async delete(records: readonly SqsRecord[]): Promise<number> {
    let left = records
    for (let attempt = 0; attempt < DELETE_ATTEMPTS && left.length > 0; attempt += 1) {
      left = await this.#chunked(left, (chunk) => {
        const Entries = chunk.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
        }))
        return new this.#sdk.DeleteMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries })
      })
    }
    return left.length
  }

  /** Makes messages visible again now. */
  async giveBack(records: readonly SqsRecord[]): Promise<void> {
    await this.#chunked(records, (chunk) => {
      const Entries = chunk.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: 0,
      }))
      return new this.#sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#queueUrl, Entries })
    })
  }

  /** Sends chunk by chunk; returns what the queue reported as failed. */
  async #chunked(
    records: readonly SqsRecord[],
    command: (chunk: readonly SqsRecord[]) => unknown,
  ): Promise<SqsRecord[]> {
    const refused: SqsRecord[] = []
    for (let start = 0; start < records.length; start += SQS_BATCH_LIMIT) {
      const chunk = records.slice(start, start + SQS_BATCH_LIMIT)
      // Every batch answer of SQS has this list.
      const { Failed } = (await this.#send(command(chunk))) as { Failed?: { Id?: string }[] }
      for (const { Id } of Failed ?? []) {
        const record = chunk[Number(Id)]
        if (record) refused.push(record)
      }
    }
    return refused
  }

  async #attributes(names: readonly string[]): Promise<Record<string, string>> {
    // Names are those of the SDK's union.
    const AttributeNames = names as 'QueueArn'[]
    const command = new this.#sdk.GetQueueAttributesCommand({ QueueUrl: this.#queueUrl, AttributeNames })
    // The answer of GetQueueAttributes.
    const { Attributes } = (await this.#send(command)) as { Attributes?: Record<string, string> }
    return Attributes ?? {}
  }
}
