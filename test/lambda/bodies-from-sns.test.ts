import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { type SqsBatchHandler, sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { OnceEvent } from '../../src/observe/events.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { functionInvoker, localQueue } from '../../src/testing/index.ts'
import { sqsClient } from '../servers/clients.ts'
import { createQueues } from '../servers/queues.ts'
import { type Sns, snsAt } from '../servers/sns.ts'
import { type SqsServer, startSqs } from '../servers/sqs.ts'

const Order = z.object({ orderId: z.string(), cents: z.int() })
const order = (cents: number) => JSON.stringify({ orderId: 'A-1', cents })
const key = (value: string) => ({ 'idempotency-key': { type: 'String', value } })

let server: SqsServer
let client: ReturnType<typeof sqsClient>
let sns: Sns
beforeAll(async () => {
  server = await startSqs()
  client = sqsClient(server.endpoint)
  sns = snsAt(server.endpoint)
})
afterAll(async () => {
  client.destroy()
  await server.stop()
})

/** A topic with a queue behind it: publishes, then runs the function behind the queue until the queue is empty. */
async function deliver(
  { name, raw }: { readonly name: string; readonly raw: boolean },
  publish: (topicArn: string) => Promise<void>,
  handler: SqsBatchHandler,
): Promise<void> {
  const queues = await createQueues(client, { name, visibilityTimeout: 3, maxReceiveCount: 2 })
  const topic = await sns.createTopic(name)
  await sns.subscribe(topic, queues.queueArn, raw)
  await publish(topic)
  const queue = await localQueue({ client, queueUrl: queues.queueUrl, invoke: functionInvoker({ handler }) })
  try {
    await queue.empty()
  } finally {
    await queue.stop()
  }
}

/** A function over records in memory, and what became of its messages. */
function rigged() {
  const events: OnceEvent[] = []
  const observer = (event: OnceEvent): void => void events.push(event)
  return {
    base: { store: memoryStore(), namespace: 'sns', observer, logger: false } as const,
    outcomes: () => events.flatMap((event) => (event.kind === 'message' ? [event.outcome] : [])).sort(),
    hints: () =>
      events.flatMap((event) =>
        event.kind === 'notice' && event.notice === 'key-hint' ? [event.detail] : [],
      ),
  }
}

test('the same order published twice through SNS runs once: key, body and payload are those inside', async () => {
  const { base, outcomes, hints } = rigged()
  const seen: unknown[] = []
  const handler = sqsHandler(
    { ...base, envelope: 'sns', schema: Order },
    ({ body, key, envelope, attributes }) => {
      seen.push([body, key, attributes, envelope.topicArn.split(':').at(-1)])
    },
  )
  await deliver(
    { name: 'wrapped', raw: false },
    async (topic) => {
      await sns.publish(topic, order(5), { ...key('order-A-1'), region: { type: 'Number', value: '7.0' } })
      await sns.publish(topic, order(5), { ...key('order-A-1'), region: { type: 'Number', value: '7' } })
    },
    handler,
  )
  const attributes = { 'idempotency-key': 'order-A-1', region: 7 }
  expect(seen).toEqual([[{ orderId: 'A-1', cents: 5 }, 'order-A-1', attributes, 'wrapped']])
  expect(outcomes().filter((outcome) => outcome !== 'completed')).toHaveLength(1)
  expect(hints()).toEqual([])
})

test('without the option the envelopes differ, and it is said what to do', async () => {
  const { base, outcomes, hints } = rigged()
  const handler = sqsHandler(
    { ...base, key: ({ body }) => JSON.parse(JSON.parse(body).Message).orderId },
    () => {},
  )
  await deliver(
    { name: 'unopened', raw: false },
    async (topic) => {
      for (let time = 0; time < 2; time++) await sns.publish(topic, order(5))
    },
    handler,
  )
  expect(new Set(outcomes())).toEqual(new Set(['completed', 'mismatch']))
  expect(hints()).toEqual([expect.stringContaining("`envelope: 'sns'`")])
})

test('with raw message delivery there is no envelope: the attribute of the queue is the key', async () => {
  const { base, outcomes } = rigged()
  const seen: unknown[] = []
  const handler = sqsHandler({ ...base, schema: Order }, ({ body, key }) => {
    seen.push([body.cents, key])
  })
  await deliver(
    { name: 'raw', raw: true },
    async (topic) => {
      for (let time = 0; time < 2; time++) await sns.publish(topic, order(5), key('order-A-1'))
    },
    handler,
  )
  expect(seen).toEqual([[5, 'order-A-1']])
  expect(outcomes()).toHaveLength(2)
})
