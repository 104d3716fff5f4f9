import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'

export interface QueueOptions {
  /** Without `.fifo`; that is added where it belongs. */
  readonly name: string
  readonly fifo?: boolean | undefined
  /** Whole seconds. */
  readonly visibilityTimeout: number
  /** Receives before a message goes to the dead-letter queue; without it there is none. */
  readonly maxReceiveCount?: number | undefined
}

export interface Queues {
  readonly queueUrl: string
  readonly queueArn: string
  /** Empty string when the queue has none. */
  readonly deadLetterQueueUrl: string
}

/** Creates a queue and, with `maxReceiveCount`, its dead-letter queue `<name>-dlq`. */
export async function createQueues(client: SQSClient, options: QueueOptions): Promise<Queues> {
  const suffix = options.fifo ? '.fifo' : ''
  const fifo: Record<string, string> = options.fifo ? { FifoQueue: 'true' } : {}
  let redrive: Record<string, string> = {}
  let deadLetterQueueUrl = ''
  if (options.maxReceiveCount !== undefined) {
    const dlq = await createQueue(client, `${options.name}-dlq${suffix}`, fifo)
    deadLetterQueueUrl = dlq.url
    const policy = { deadLetterTargetArn: dlq.arn, maxReceiveCount: options.maxReceiveCount }
    redrive = { RedrivePolicy: JSON.stringify(policy) }
  }
  const { url, arn } = await createQueue(client, options.name + suffix, {
    VisibilityTimeout: String(options.visibilityTimeout),
    ...fifo,
    ...redrive,
  })
  return { queueUrl: url, queueArn: arn, deadLetterQueueUrl }
}

async function createQueue(client: SQSClient, name: string, attributes: Record<string, string>) {
  const { QueueUrl: url } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  )
  if (url === undefined) throw new Error(`CreateQueue gave no URL for ${name}.`)
  const got = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  )
  const { QueueArn: arn = '' } = got.Attributes ?? {}
  return { url, arn }
}
