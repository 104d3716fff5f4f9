import { setTimeout as sleep } from 'node:timers/promises'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { sqsHandler } from '../../src/index.ts'
import {
  type FifoQueue,
  fifoQueue,
  functionInvoker,
  localQueue,
  memoryStore,
  type SqsEvent,
} from '../../src/testing/index.ts'

interface Received {
  readonly Body: string
  readonly ReceiptHandle: string
  readonly Attributes: { readonly ApproximateReceiveCount: string }
}

const QueueUrl = 'any'

async function receive(fifo: FifoQueue, most = 10): Promise<Received[]> {
  const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: most })
  // The answer of ReceiveMessage; the shape of a client takes any command.
  const { Messages } = (await fifo.client.send(command as never)) as { Messages: Received[] }
  return Messages
}

async function remove(fifo: FifoQueue, received: readonly Received[]): Promise<number> {
  const Entries = received.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }))
  const command = new DeleteMessageBatchCommand({ QueueUrl, Entries })
  const { Failed } = (await fifo.client.send(command as never)) as { Failed: unknown[] }
  return Failed.length
}

async function hide(
  fifo: FifoQueue,
  received: readonly Received[],
  VisibilityTimeout: number,
): Promise<void> {
  const Entries = received.map(({ ReceiptHandle }, index) => ({
    Id: `${index}`,
    ReceiptHandle,
    VisibilityTimeout,
  }))
  await fifo.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }) as never)
}

const bodies = (received: readonly Received[]) => received.map(({ Body }) => Body)
const message = (body: string) => ({ body, groupId: body.slice(0, 1) })
const sent = (...all: string[]) => all.map(message)

describe('a FIFO queue', () => {
  test('hands out as many messages of a group as fit, in order, then of the next group', async () => {
    const fifo = fifoQueue()
    fifo.send(sent('a1', 'b1', 'a2', 'c1', 'a3', 'b2'))
    expect(bodies(await receive(fifo, 4))).toEqual(['a1', 'a2', 'a3', 'b1'])
    expect(bodies(await receive(fifo))).toEqual(['c1'])
  })

  test('gives nothing of a group while any message of it is in flight', async () => {
    const fifo = fifoQueue()
    fifo.send(sent('a1', 'a2', 'a3'))
    const [first, second] = await receive(fifo, 2)
    expect(bodies(await receive(fifo))).toEqual([])
    await remove(fifo, first ? [first] : [])
    expect(bodies(await receive(fifo))).toEqual([])
    await remove(fifo, second ? [second] : [])
    expect(bodies(await receive(fifo))).toEqual(['a3'])
  })

  test('what comes back comes back in its place, with one receive more', async () => {
    const fifo = fifoQueue()
    fifo.send(sent('a1', 'a2', 'a3'))
    await hide(fifo, await receive(fifo, 2), 0)
    const again = await receive(fifo)
    expect(bodies(again)).toEqual(['a1', 'a2', 'a3'])
    expect(again.map(({ Attributes }) => Attributes.ApproximateReceiveCount)).toEqual(['2', '2', '1'])
  })

  test('a receipt of an earlier receive, or after the visibility timeout, deletes nothing', async () => {
    const fifo = fifoQueue({ visibilityTimeout: 0 })
    fifo.send(sent('a1'))
    expect(await remove(fifo, await receive(fifo))).toBe(1)
    expect(bodies(await receive(fifo))).toEqual(['a1'])
  })

  test('one received too often goes to the dead letters, and its group goes on', async () => {
    const fifo = fifoQueue({ visibilityTimeout: 0, maxReceiveCount: 2 })
    fifo.send(sent('a1'))
    await receive(fifo)
    await receive(fifo)
    fifo.send(sent('a2'))
    expect(bodies(await receive(fifo))).toEqual(['a2'])
    expect(fifo.deadLetters()).toEqual(['a1'])
  })

  test('a repeated deduplication id is accepted and not delivered', async () => {
    const fifo = fifoQueue()
    const one = { ...message('a1'), deduplicationId: 'once' }
    expect(fifo.send([one, one])).toHaveLength(2)
    expect(bodies(await receive(fifo))).toEqual(['a1'])
  })

  test('says what it does not know', async () => {
    await expect(fifoQueue().client.send(new ListQueuesCommand({}) as never)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('does not know ListQueuesCommand'),
    })
  })
})

describe('a handler behind it', () => {
  test('gets several messages of one group; after a failure in the middle the rest comes again, in order', async () => {
    const fifo = fifoQueue({ visibilityTimeout: 3 })
    const most: number[] = []
    const ran: string[] = []
    let broken = true
    const handler = sqsHandler(
      { store: memoryStore(), namespace: 'test', logger: false, observer: () => {} },
      ({ body }) => {
        ran.push(body)
        if (body === 'a2' && broken) {
          broken = false
          throw new TypeError('declined')
        }
      },
    )
    fifo.send(sent('a1', 'a2', 'a3', 'b1', 'a4', 'b2'))
    const queue = await localQueue({
      client: fifo.client,
      queueUrl: fifo.queueUrl,
      maximumConcurrency: 2,
      invoke: functionInvoker({
        timeoutMs: 3_000,
        handler(event: SqsEvent, context: Parameters<typeof handler>[1]) {
          const groups = Map.groupBy(event.Records, ({ attributes }) => attributes.MessageGroupId)
          most.push(...[...groups.values()].map(({ length }) => length))
          return handler(event, context)
        },
      }),
    })
    await queue.empty({ timeoutMs: 30_000 })
    await queue.stop()
    expect(Math.max(...most)).toBe(4)
    expect(ran.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a2', 'a3', 'a4'])
    expect(ran.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2'])
  })

  test('a group is never in two invocations at once, whatever comes back when', async () => {
    const fifo = fifoQueue({ visibilityTimeout: 1 })
    const active = new Set<string>()
    const order = new Map<string, string[]>()
    let overlaps = 0
    let calls = 0
    fifo.send(
      Array.from({ length: 60 }, (_, index) =>
        message(`${'abc'[index % 3]}${String(index).padStart(2, '0')}`),
      ),
    )
    const queue = await localQueue({
      client: fifo.client,
      queueUrl: fifo.queueUrl,
      maximumConcurrency: 4,
      invoke: functionInvoker({
        timeoutMs: 1_000,
        async handler({ Records }: SqsEvent) {
          calls += 1
          const groups = new Set(Records.map(({ body }) => body.slice(0, 1)))
          for (const group of groups) {
            if (active.has(group)) overlaps += 1
            active.add(group)
          }
          await sleep(5)
          for (const group of groups) active.delete(group)
          // Every fourth invocation fails as a whole: its messages come back.
          if (calls % 4 === 0) throw new Error('no')
          for (const { body } of Records) {
            const group = body.slice(0, 1)
            order.set(group, [...(order.get(group) ?? []), body])
          }
        },
      }),
    })
    await queue.empty({ timeoutMs: 40_000 })
    await queue.stop()
    expect(overlaps).toBe(0)
    for (const seen of order.values()) expect(seen).toEqual(seen.toSorted())
    expect([...order.values()].flat()).toHaveLength(60)
  })
})
