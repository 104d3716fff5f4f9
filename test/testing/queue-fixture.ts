import { ReceiveMessageCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { LocalQueue, LocalQueueEvent, LocalQueueOptions } from '../../src/testing/index.ts'
import { localQueue } from '../../src/testing/index.ts'
import { sqsClient } from '../servers/clients.ts'
import { createQueues, type QueueOptions, type Queues } from '../servers/queues.ts'
import { type SqsServer, startSqs } from '../servers/sqs.ts'

export interface Outgoing {
  readonly body: string
  readonly group?: string
}

/** A real SQS endpoint for one test file, and helpers on it. `concurrent`: tests stop what they start themselves. */
export function queueFixture({ concurrent = false } = {}) {
  let server: SqsServer
  let client: SQSClient
  let made = 0
  const running: LocalQueue[] = []
  beforeAll(async () => {
    server = await startSqs()
    client = sqsClient(server.endpoint)
  })
  afterEach(async () => {
    if (concurrent) return
    await Promise.all(running.splice(0).map((queue) => queue.stop({ abort: true })))
  })
  afterAll(async () => {
    client.destroy()
    await server.stop()
  })
  return {
    client: () => client,
    queues(
      options: Omit<QueueOptions, 'name' | 'visibilityTimeout'> & { visibilityTimeout?: number },
    ): Promise<Queues> {
      made += 1
      return createQueues(client, { name: `queue-${process.pid}-${made}`, visibilityTimeout: 3, ...options })
    },
    async send(queueUrl: string, messages: readonly (string | Outgoing)[]): Promise<string[]> {
      const ids: string[] = []
      for (let start = 0; start < messages.length; start += 10) {
        const Entries = messages.slice(start, start + 10).map((message, index) => {
          const { body, group } = typeof message === 'string' ? { body: message, group: undefined } : message
          const fifo =
            group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: `${start + index}` }
          return { Id: String(index), MessageBody: body, ...fifo }
        })
        const sent = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
        ids.push(...(sent.Successful ?? []).map(({ MessageId }) => MessageId ?? ''))
      }
      return ids
    },
    /** Starts the stand-in and collects its events; it is stopped after the test. */
    async start(options: Omit<LocalQueueOptions, 'client'> & Partial<Pick<LocalQueueOptions, 'client'>>) {
      const events: LocalQueueEvent[] = []
      const { onEvent } = options
      const queue = await localQueue({
        client,
        ...options,
        onEvent(event) {
          events.push(event)
          onEvent?.(event)
        },
      })
      running.push(queue)
      return { queue, events }
    },
    async bodies(queueUrl: string): Promise<string[]> {
      const got: string[] = []
      for (;;) {
        const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 })
        const { Messages = [] } = await client.send(command)
        if (Messages.length === 0) return got
        got.push(...Messages.map(({ Body }) => Body ?? ''))
      }
    },
  }
}
