import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { SqsEvent } from '../../src/testing/index.ts'
import { workerInvoker } from '../../src/testing/index.ts'
import { queueFixture } from './queue-fixture.ts'
import { recorder } from './recorder.ts'

const fixture = queueFixture()
const bodies = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`)

describe('batches', () => {
  test('every message is delivered once in batches of at most ten, as Lambda shapes its records', async () => {
    const { queueUrl, queueArn } = await fixture.queues({})
    await fixture.send(queueUrl, bodies(25))
    const events: SqsEvent[] = []
    const { invoker, batches } = recorder((_bodies, event) => {
      events.push(event)
    })
    const { queue } = await fixture.start({ queueUrl, invoke: invoker })
    await queue.empty()
    expect(batches.flat().sort()).toEqual(bodies(25).sort())
    expect(Math.max(...batches.map(({ length }) => length))).toBe(10)
    expect(events[0]?.Records[0]).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: 'us-east-1',
      attributes: { ApproximateReceiveCount: '1' },
    })
    expect(queue.counts()).toMatchObject({ received: 25, deleted: 25, returned: 0 })
  })

  test('a batching window fills a batch beyond ten', async () => {
    const { queueUrl } = await fixture.queues({ visibilityTimeout: 60 })
    await fixture.send(queueUrl, bodies(40))
    const { invoker, batches } = recorder()
    const { queue } = await fixture.start({
      queueUrl,
      invoke: invoker,
      batchSize: 40,
      maximumBatchingWindowInSeconds: 30,
      maximumConcurrency: 1,
    })
    await queue.empty()
    expect(batches.map(({ length }) => length)).toEqual([40])
  })

  test('no more invocations run at once than the maximum concurrency', async () => {
    const { queueUrl } = await fixture.queues({ visibilityTimeout: 60 })
    await fixture.send(queueUrl, bodies(60))
    const three = Promise.withResolvers<void>()
    const { invoker, most, batches } = recorder(async () => {
      if (most() === 3) three.resolve()
      await three.promise
      await sleep(20)
    })
    const { queue } = await fixture.start({ queueUrl, invoke: invoker, batchSize: 5, maximumConcurrency: 3 })
    await queue.empty()
    expect(most()).toBe(3)
    expect(batches.flat()).toHaveLength(60)
  })
})

describe('failures', () => {
  test('a message that keeps failing goes to the dead-letter queue after the maximum receive count', async () => {
    const { queueUrl, deadLetterQueueUrl } = await fixture.queues({
      visibilityTimeout: 1,
      maxReceiveCount: 2,
    })
    await fixture.send(queueUrl, ['good', 'bad'])
    const counts: string[] = []
    const { invoker } = recorder((_bodies, { Records }) => {
      const bad = Records.filter(({ body }) => body === 'bad')
      counts.push(...bad.map(({ attributes }) => attributes.ApproximateReceiveCount))
      return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) }
    })
    const { queue } = await fixture.start({ queueUrl, invoke: invoker })
    await queue.empty()
    expect(counts).toEqual(['1', '2'])
    expect(await fixture.bodies(deadLetterQueueUrl)).toEqual(['bad'])
  })

  test('a handler that outlives its timeout in this process fails the batch', async () => {
    const { queueUrl } = await fixture.queues({ visibilityTimeout: 3 })
    await fixture.send(queueUrl, ['slow'])
    let calls = 0
    const { queue, events } = await fixture.start({
      queueUrl,
      // Lambda's own default timeout of three seconds applies to a bare handler.
      invoke: () => {
        calls += 1
        return calls === 1 ? new Promise(() => {}) : undefined
      },
    })
    await queue.empty()
    expect(calls).toBe(2)
    expect(events).toContainEqual(expect.objectContaining({ whole: 'function error (timeout)', returned: 1 }))
  })

  test('a worker killed at the deadline brings its whole batch back', async () => {
    const { queueUrl, deadLetterQueueUrl } = await fixture.queues({
      visibilityTimeout: 1,
      maxReceiveCount: 1,
    })
    await fixture.send(queueUrl, ['ok', 'spin'])
    const module = new URL('./fixtures/worker.ts', import.meta.url)
    const invoke = workerInvoker({ module, timeoutMs: 500, output: 'ignore' })
    const { queue } = await fixture.start({ queueUrl, invoke, maximumConcurrency: 1 })
    await queue.empty()
    expect(queue.counts()).toMatchObject({ wholeFailures: 1, deleted: 0 })
    expect((await fixture.bodies(deadLetterQueueUrl)).sort()).toEqual(['ok', 'spin'])
  })
})

describe('what real queues do and local ones do not', () => {
  test('deliverTwice puts a message into two invocations at once', async () => {
    const { queueUrl } = await fixture.queues({})
    await fixture.send(queueUrl, ['one', 'two'])
    const both = Promise.withResolvers<void>()
    let seen = 0
    const { invoker, batches } = recorder(() => {
      seen += 1
      if (seen === 2) both.resolve()
      return both.promise // neither ends before the other has begun
    })
    const { queue } = await fixture.start({
      queueUrl,
      invoke: invoker,
      maximumConcurrency: 2,
      faults: { deliverTwice: ({ body }) => body === 'two' },
    })
    await queue.empty()
    expect(batches.sort()).toEqual([['one', 'two'], ['two']])
    expect(queue.counts().deliveredAgain).toBe(1)
  })

  test('loseDelete delivers an acknowledged message again', async () => {
    const { queueUrl } = await fixture.queues({ visibilityTimeout: 2 })
    await fixture.send(queueUrl, ['kept', 'gone'])
    const lost = new Set<string>()
    const { invoker, batches } = recorder()
    const { queue } = await fixture.start({
      queueUrl,
      invoke: invoker,
      faults: {
        loseDelete: ({ body, messageId }) => body === 'kept' && !lost.has(messageId) && !!lost.add(messageId),
      },
    })
    await queue.empty()
    expect(batches).toEqual([['kept', 'gone'], ['kept']])
    expect(queue.counts().lostDeletes).toBe(1)
  })
})

describe('FIFO', () => {
  test('a group is never in two invocations at once and keeps its order', async () => {
    const { queueUrl } = await fixture.queues({ fifo: true })
    const messages = Array.from({ length: 24 }, (_, index) => ({
      body: `${index % 3}:${index}`,
      group: `${index % 3}`,
    }))
    await fixture.send(queueUrl, messages)
    const active = new Set<string>()
    const order = new Map<string, number[]>()
    let overlaps = 0
    const { invoker } = recorder(async (seen) => {
      const groups = new Set(seen.map((body) => body.slice(0, 1)))
      for (const group of groups) {
        if (active.has(group)) overlaps += 1
        active.add(group)
      }
      for (const body of seen) {
        const [group = '', position] = body.split(':')
        order.set(group, [...(order.get(group) ?? []), Number(position)])
      }
      await sleep(15)
      for (const group of groups) active.delete(group)
    })
    const { queue } = await fixture.start({ queueUrl, invoke: invoker, maximumConcurrency: 4 })
    await queue.empty()
    expect(overlaps).toBe(0)
    for (const positions of order.values()) expect(positions).toEqual([...positions].sort((a, b) => a - b))
    expect([...order.values()].flat()).toHaveLength(24)
  })
})

describe('stop', () => {
  test('lets running invocations finish and acknowledges them', async () => {
    const { queueUrl } = await fixture.queues({})
    await fixture.send(queueUrl, ['slow'])
    const started = Promise.withResolvers<void>()
    const { invoker } = recorder(async () => {
      started.resolve()
      await sleep(200)
    })
    const { queue } = await fixture.start({ queueUrl, invoke: invoker })
    await started.promise
    await queue.stop()
    expect(queue.counts().deleted).toBe(1)
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 })
  })

  test('with abort ends running workers and leaves their messages to the visibility timeout', async () => {
    const { queueUrl } = await fixture.queues({ visibilityTimeout: 60 })
    await fixture.send(queueUrl, ['hang'])
    const started = Promise.withResolvers<void>()
    const invoke = workerInvoker({
      module: new URL('./fixtures/worker.ts', import.meta.url),
      timeoutMs: 60_000,
      output: 'ignore',
      onMessage: () => started.resolve(),
    })
    const { queue } = await fixture.start({ queueUrl, invoke })
    await started.promise
    await queue.stop({ abort: true })
    expect(invoke.pids()).toEqual([])
    expect(await queue.depth()).toEqual({ visible: 0, inFlight: 1, delayed: 0 })
  }, 30_000)

  test('empty gives up with what is left', async () => {
    const { queueUrl } = await fixture.queues({})
    await fixture.send(queueUrl, ['never'])
    const { invoker } = recorder((_bodies, { Records }) => ({
      batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    }))
    const { queue } = await fixture.start({ queueUrl, invoke: invoker })
    await expect(queue.empty({ timeoutMs: 300 })).rejects.toThrow(
      'The queue is not empty after 300 ms: 0 visible, 1 in',
    )
  })
})
