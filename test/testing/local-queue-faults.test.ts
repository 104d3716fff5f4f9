import { setTimeout as sleep } from 'node:timers/promises'
import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import type { LocalQueue } from '../../src/testing/index.ts'
import { queueFixture } from './queue-fixture.ts'
import { recorder } from './recorder.ts'

const fixture = queueFixture()

/** The real client, with something done around each call. */
function around(work: (command: unknown, send: () => Promise<unknown>) => Promise<unknown>) {
  const client = fixture.client()
  // The command of some call of the queue.
  return { send: (command: Parameters<SQSClient['send']>[0]) => work(command, () => client.send(command)) }
}

test('second deliveries stay within the maximum concurrency', async () => {
  const { queueUrl } = await fixture.queues({})
  await fixture.send(queueUrl, ['a', 'b', 'c', 'd', 'e', 'f'])
  // Second deliveries last longer than first ones: without a limit they would pile up.
  const seen = new Set<string>()
  const { invoker, most, batches } = recorder(([body = '']) => {
    const second = seen.has(body)
    seen.add(body)
    return sleep(second ? 300 : 20)
  })
  const faults = { deliverTwice: () => true }
  const { queue } = await fixture.start({
    queueUrl,
    invoke: invoker,
    batchSize: 2,
    maximumConcurrency: 2,
    faults,
  })
  await queue.empty()
  expect(most()).toBe(2)
  expect(batches.flat()).toHaveLength(12)
})

test('a second delivery runs at once even when every other invocation is taken', async () => {
  const { queueUrl } = await fixture.queues({ visibilityTimeout: 30 })
  await fixture.send(queueUrl, ['slow 1', 'slow 2', 'twice'])
  const both = Promise.withResolvers<void>()
  let deliveries = 0
  const { invoker } = recorder(async ([body]) => {
    if (body === 'twice') {
      deliveries += 1
      if (deliveries === 2) both.resolve()
      return both.promise
    }
    await sleep(400)
    // Once the first delivery runs, nothing makes room for the second but the place kept free.
    return deliveries > 0 ? both.promise : undefined
  })
  const faults = { deliverTwice: ({ body }: { body: string }) => body === 'twice' }
  const { queue } = await fixture.start({
    queueUrl,
    invoke: invoker,
    batchSize: 1,
    maximumConcurrency: 3,
    faults,
  })
  await queue.empty({ timeoutMs: 10_000 })
  expect(deliveries).toBe(2)
})

test('stop waits for second deliveries too', async () => {
  const { queueUrl } = await fixture.queues({})
  await fixture.send(queueUrl, ['m'])
  const began = Promise.withResolvers<void>()
  let calls = 0
  let ended = 0
  const { invoker } = recorder(async () => {
    calls += 1
    const second = calls === 2
    if (second) began.resolve()
    await sleep(second ? 1_500 : 0)
    ended += 1
  })
  const faults = { deliverTwice: () => true }
  const { queue } = await fixture.start({ queueUrl, invoke: invoker, maximumConcurrency: 2, faults })
  await began.promise
  await queue.stop()
  expect(ended).toBe(2)
})

test('messages received while stopping go back at once, not invoked', async () => {
  const { queueUrl } = await fixture.queues({ visibilityTimeout: 60 })
  const { invoker, batches } = recorder()
  const running = Promise.withResolvers<LocalQueue>()
  const stopped = Promise.withResolvers<void>()
  const client = around(async (command, send) => {
    const answer = await send()
    if (command instanceof ReceiveMessageCommand && (answer as { Messages?: unknown }).Messages) {
      const queue = await running.promise
      queue.stop().then(stopped.resolve)
    }
    return answer
  })
  const { queue } = await fixture.start({ queueUrl, invoke: invoker, client, maximumConcurrency: 1 })
  running.resolve(queue)
  await fixture.send(queueUrl, ['late'])
  await stopped.promise
  expect(batches).toEqual([])
  expect(await queue.depth()).toEqual({ visible: 1, inFlight: 0, delayed: 0 })
})

test('messages that did not fit into the last event go back when it stops', async () => {
  const { queueUrl } = await fixture.queues({ visibilityTimeout: 60 })
  const large = 'x'.repeat(1_000_000)
  for (let count = 0; count < 8; count += 1) await fixture.send(queueUrl, [large])
  const running = Promise.withResolvers<LocalQueue>()
  const stopped = Promise.withResolvers<void>()
  const { invoker, batches } = recorder(async () => {
    const queue = await running.promise
    queue.stop().then(stopped.resolve)
  })
  const { queue } = await fixture.start({ queueUrl, invoke: invoker, maximumConcurrency: 1 })
  running.resolve(queue)
  await stopped.promise
  expect(batches.map(({ length }) => length)).toEqual([6])
  expect(await queue.depth()).toEqual({ visible: 2, inFlight: 0, delayed: 0 })
})

test('a call that fails is told and the poller goes on; what could not be deleted comes back', async () => {
  const { queueUrl } = await fixture.queues({ visibilityTimeout: 2 })
  await fixture.send(queueUrl, ['m'])
  const failing = [ReceiveMessageCommand, DeleteMessageBatchCommand, DeleteMessageBatchCommand]
  const client = around(async (command, send) => {
    const at = failing.findIndex((kind) => command instanceof kind)
    if (at === -1) return send()
    failing.splice(at, 1)
    throw new Error('The queue is away.')
  })
  const { invoker, batches } = recorder()
  // Both deliveries of the message fail to delete it.
  let first = true
  const deliverTwice = () => {
    const again = first
    first = false
    return again
  }
  const { queue, events } = await fixture.start({
    queueUrl,
    invoke: invoker,
    client,
    faults: { deliverTwice },
  })
  await queue.empty()
  expect(failing).toEqual([])
  expect(batches).toEqual([['m'], ['m'], ['m']])
  expect(queue.counts().queueErrors).toBe(3)
  expect(events.filter(({ kind }) => kind === 'queue-error')).toHaveLength(3)
})

test('a FIFO group stays out of a second invocation even after its visibility timeout has ended', async () => {
  const { queueUrl } = await fixture.queues({ fifo: true, visibilityTimeout: 1 })
  await fixture.send(queueUrl, [{ body: 'm', group: 'g' }])
  const { invoker, most, batches } = recorder(() => sleep(batches.length === 1 ? 2_500 : 0))
  const { queue } = await fixture.start({ queueUrl, invoke: invoker, maximumConcurrency: 3 })
  await queue.empty()
  expect(batches.length).toBeGreaterThan(1)
  expect(most()).toBe(1)
})
