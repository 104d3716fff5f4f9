import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { dynamoClient } from './clients.ts'
import { type DynamoDbServer, startDynamoDb } from './dynamodb.ts'
import { FAULT_KINDS, type Fault, seededFaults } from './fault-plan.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { createTable } from './table.ts'

const TableName = 'proxied'
let server: DynamoDbServer
let proxy: FaultProxy

beforeAll(async () => {
  server = await startDynamoDb()
  proxy = await startFaultProxy({ target: server.endpoint })
  const direct = dynamoClient(server.endpoint)
  await createTable(direct, TableName)
  direct.destroy()
})
afterEach(() => {
  proxy.setPlan(undefined)
  proxy.setLatency(0)
  proxy.resetCounts()
})
afterAll(async () => {
  await proxy.stop()
  await server.stop()
})

async function exists(id: string): Promise<boolean> {
  const direct = dynamoClient(server.endpoint)
  const { Item } = await direct.send(
    new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }),
  )
  direct.destroy()
  return Item !== undefined
}

/** Sends one put through the proxy that meets `fault`; says how it ended and whether it was applied. */
async function put(
  id: string,
  fault: Fault | undefined,
  options: { attempts?: number; giveUp?: boolean } = {},
) {
  const client = dynamoClient(proxy.endpoint, { maxAttempts: options.attempts ?? 1 })
  const abort = new AbortController()
  let met = false
  proxy.setPlan(() => {
    if (met) return undefined
    met = true
    // The request has reached the proxy: now its client loses patience.
    if (options.giveUp) setTimeout(() => abort.abort(), 20)
    return fault
  })
  const outcome = await client
    .send(new PutItemCommand({ TableName, Item: { id: { S: id } } }), { abortSignal: abort.signal })
    .then(
      () => 'ok',
      (error: Error) => error.name,
    )
  client.destroy()
  return { outcome, applied: await exists(id) }
}

describe('each fault', () => {
  // The SDK calls a connection that broke a TimeoutError.
  const cases: [Fault | undefined, string, boolean][] = [
    [undefined, 'ok', true],
    [{ kind: 'drop-answer' }, 'TimeoutError', true],
    [{ kind: 'error-after-apply' }, 'InternalServerError', true],
    [{ kind: 'delay', ms: 30 }, 'ok', true],
    [{ kind: 'reset' }, 'TimeoutError', false],
    [{ kind: 'throttle' }, 'ProvisionedThroughputExceededException', false],
  ]
  test.each(cases)('%o', async (fault, outcome, applied) => {
    const got = await put(`case-${fault?.kind}`, fault)
    expect(got).toEqual({ outcome, applied })
    const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, kind === fault?.kind ? 1 : 0]))
    expect(proxy.counts()).toEqual({ requests: 1, operations: { PutItem: 1 }, faults, upstreamErrors: 0 })
  })

  test('half-open never answers and applies nothing', async () => {
    const got = await put('half-open', { kind: 'half-open' }, { giveUp: true })
    expect(got).toEqual({ outcome: 'AbortError', applied: false })
  })

  test('a delayed request lands after its client has given up', async () => {
    const got = await put('late', { kind: 'delay', ms: 2_000 }, { giveUp: true })
    expect(got).toEqual({ outcome: 'AbortError', applied: false })
    await expect.poll(() => exists('late'), { timeout: 10_000 }).toBe(true)
  })

  test("the SDK's retry after a lost answer counts as a second request", async () => {
    const got = await put('retried', { kind: 'drop-answer' }, { attempts: 3 })
    expect(got).toEqual({ outcome: 'ok', applied: true })
    expect(proxy.counts().requests).toBe(2)
  })
})

test('added latency delays every request', async () => {
  const client = dynamoClient(proxy.endpoint)
  const get = () => client.send(new GetItemCommand({ TableName, Key: { id: { S: 'none' } } }))
  await get()
  proxy.setLatency(100)
  const before = performance.now()
  await get()
  expect(performance.now() - before).toBeGreaterThanOrEqual(99)
  client.destroy()
})

test('a server that is down shows as a broken connection and an upstream error', async () => {
  const own = await startDynamoDb({ endpoint: '' })
  const broken = await startFaultProxy({ target: own.endpoint })
  await own.kill()
  const client = dynamoClient(broken.endpoint, { maxAttempts: 1 })
  await expect(client.send(new GetItemCommand({ TableName, Key: { id: { S: 'x' } } }))).rejects.toThrow()
  expect(broken.counts().upstreamErrors).toBe(1)
  client.destroy()
  await broken.stop()
})

describe('a seeded plan', () => {
  const rates = { 'drop-answer': 0.1, delay: 0.1, throttle: 0.05, reset: 0.02 }
  const run = (seed: number) => {
    const plan = seededFaults({ seed, rates })
    return Array.from({ length: 4_000 }, (_, index) =>
      plan({ sequence: index + 1, operation: 'PutItem', body: Buffer.alloc(0) }),
    )
  }

  test('is the same for the same seed and another for another', () => {
    expect(run(7)).toEqual(run(7))
    expect(run(7)).not.toEqual(run(8))
  })

  test('keeps to its rates', () => {
    const kinds = run(7).map((fault) => fault?.kind)
    for (const [kind, rate] of Object.entries(rates)) {
      const share = kinds.filter((one) => one === kind).length / kinds.length
      expect(share).toBeGreaterThan(rate * 0.75)
      expect(share).toBeLessThan(rate * 1.25)
    }
    expect(kinds).not.toContain('half-open')
  })

  test('leaves other operations alone and refuses rates beyond one', () => {
    const plan = seededFaults({ seed: 1, rates: { reset: 1 }, operations: ['PutItem'] })
    expect(plan({ sequence: 1, operation: 'GetItem', body: Buffer.alloc(0) })).toBeUndefined()
    expect(plan({ sequence: 1, operation: 'PutItem', body: Buffer.alloc(0) })).toEqual({ kind: 'reset' })
    expect(() => seededFaults({ seed: 1, rates: { reset: 0.7, delay: 0.7 } })).toThrow('add up to 1.4')
  })
})
