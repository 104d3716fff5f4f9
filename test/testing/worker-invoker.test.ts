import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import {
  type InvocationOutcome,
  sqsEvent,
  type WorkerInvocation,
  type WorkerInvoker,
  type WorkerInvokerOptions,
  workerInvoker,
} from '../../src/testing/index.ts'

const module = new URL('./fixtures/worker.ts', import.meta.url)
const made: WorkerInvoker[] = []

function pool(options: Partial<WorkerInvokerOptions> = {}) {
  const messages: {
    body: string
    remaining: number
    requestId: string
    functionName: string
    flag: string
  }[] = []
  const invocations: WorkerInvocation[] = []
  const invoker = workerInvoker({
    module,
    timeoutMs: 20_000,
    output: 'ignore',
    onMessage: (message) => messages.push(message as (typeof messages)[number]), // what the fixture sends
    onInvocation: (invocation) => invocations.push(invocation),
    ...options,
  })
  made.push(invoker)
  let requests = 0
  const run = (...bodies: string[]) => {
    requests += 1
    return invoker.invoke(sqsEvent(bodies), `request-${requests}`)
  }
  return { invoker, messages, invocations, run }
}

const reason = (outcome: InvocationOutcome) => (outcome.kind === 'failed' ? outcome.reason : outcome.payload)

afterEach(async () => {
  await Promise.all(made.splice(0).map((invoker) => invoker.close()))
})

test('a worker process runs the handler with a Lambda context and the environment given', async () => {
  const { run, messages } = pool({ functionName: 'charge', environment: { FIXTURE_FLAG: 'up' } })
  expect(await run('ok')).toEqual({ kind: 'returned', payload: '{"batchItemFailures":[]}' })
  expect(messages).toMatchObject([{ body: 'ok', requestId: 'request-1', functionName: 'charge', flag: 'up' }])
  expect(messages[0]?.remaining).toBeGreaterThan(0)
  expect(messages[0]?.remaining).toBeLessThanOrEqual(20_000)
})

test('a worker is reused, and two invocations at once take two', async () => {
  const { run, invocations, invoker } = pool()
  await run('ok')
  await run('ok')
  expect(new Set(invocations.map(({ pid }) => pid)).size).toBe(1)
  await Promise.all([run('sleep 300'), run('sleep 300')])
  expect(invoker.pids()).toHaveLength(2)
})

test.each(['hang', 'spin'])('a handler that will not end (%s) is killed at the timeout', async (body) => {
  const { run, invoker, invocations } = pool({ timeoutMs: 700 })
  expect(reason(await run(body))).toBe('timeout')
  expect(invoker.pids()).toEqual([])
  expect(() => process.kill(invocations[0]?.pid ?? 0, 0)).toThrow('ESRCH')
})

test('a throw, an exit and an unserialisable result are function errors', async () => {
  const { run } = pool()
  expect(await run('throw')).toEqual({ kind: 'failed', reason: 'threw', error: 'RangeError: as asked' })
  expect(reason(await run('bigint'))).toBe('threw')
  expect(reason(await run('exit'))).toBe('crashed')
})

test('a worker killed from outside ends its invocation and is replaced', async () => {
  const { run, invocations } = pool()
  const running = run('hang')
  while (invocations.length === 0) await sleep(10)
  expect(invocations[0]?.kill()).toBe(true)
  expect(reason(await running)).toBe('crashed')
  expect(reason(await run('ok'))).toBe('{"batchItemFailures":[]}')
  expect(invocations[1]?.pid).not.toBe(invocations[0]?.pid)
})

test('a kill after the invocation has ended kills nothing', async () => {
  const { run, invocations, invoker } = pool()
  await run('ok')
  expect(invocations[0]?.kill()).toBe(false)
  await run('ok')
  expect(invoker.pids()).toEqual([invocations[0]?.pid])
})

test('a worker killed while it is idle is not used again', async () => {
  const { run, invocations, invoker } = pool()
  await run('ok')
  const pid = invocations[0]?.pid ?? 0
  expect(invoker.kill(pid)).toBe(true)
  expect(reason(await run('ok'))).toBe('{"batchItemFailures":[]}')
  expect(invocations[1]?.pid).not.toBe(pid)
  expect(invoker.kill(pid)).toBe(false)
})

test('a module that cannot be loaded says so', async () => {
  const missing = pool({ module: new URL('./fixtures/absent.ts', import.meta.url) })
  const outcome = await missing.run('ok')
  expect(outcome).toMatchObject({ kind: 'failed', reason: 'init' })
  const wrong = pool({ exportName: 'notAFunction' })
  expect(await wrong.run('ok')).toMatchObject({
    reason: 'init',
    error: expect.stringContaining('exports no function "notAFunction"; it exports: handler, notAFunction'),
  })
  await expect(wrong.invoker.warm(1)).rejects.toThrow('A worker could not load')
})

test('close ends what runs and leaves no process', async () => {
  const { run, invoker } = pool()
  await invoker.warm(2)
  const running = run('hang')
  await sleep(50)
  const pids = invoker.pids()
  expect(pids).toHaveLength(2)
  await invoker.close()
  expect(reason(await running)).toBe('crashed')
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(reason(await run('ok'))).toBe('crashed')
})

test('as Managed Instances: several invocations in one process, over two threads, and no kill at the timeout', async () => {
  const { run, invocations, invoker } = pool({ managedInstances: { maxConcurrency: 4 }, timeoutMs: 1_500 })
  await invoker.warm(1)
  const outcomes = await Promise.all([run('sleep 300'), run('sleep 300'), run('hang'), run('ok')])
  expect(outcomes.map(reason)).toEqual([
    '{"batchItemFailures":[]}',
    '{"batchItemFailures":[]}',
    'timeout',
    '{"batchItemFailures":[]}',
  ])
  expect(new Set(invocations.map(({ pid }) => pid)).size).toBe(1)
  // What timed out runs on; the process lives.
  expect(invoker.pids()).toHaveLength(1)
  expect(reason(await run('ok'))).toBe('{"batchItemFailures":[]}')
  expect(new Set(invocations.map(({ pid }) => pid)).size).toBe(1)
})

test('as Managed Instances: a fifth invocation at once takes another process', async () => {
  const { run, invocations } = pool({ managedInstances: { maxConcurrency: 2 } })
  await Promise.all([run('sleep 300'), run('sleep 300'), run('sleep 300')])
  expect(new Set(invocations.map(({ pid }) => pid)).size).toBeGreaterThan(1)
})

test('as Managed Instances: the environment says so, and what remains goes below zero', async () => {
  const { run } = pool({ managedInstances: { maxConcurrency: 3 }, timeoutMs: 700 })
  expect(reason(await run('environment AWS_LAMBDA_MAX_CONCURRENCY'))).toBe('"3"')
  expect(reason(await run('remaining 900'))).toBe('timeout')
})

test.each([
  [{ maxConcurrency: 0 }, 'maxConcurrency'],
  [{ maxConcurrency: 65 }, 'maxConcurrency'],
  [{ concurrency: 2 }, 'did you mean "managedInstances.maxConcurrency"'],
  [64, 'an object with maxConcurrency'],
])('managedInstances %j is refused', (managedInstances, complaint) => {
  expect(() => workerInvoker({ module, managedInstances: managedInstances as never })).toThrow(complaint)
})
