import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { type DynamoClient, defaultClient, storeClient } from '../../src/store/dynamodb/client.ts'
import { manualClock } from '../../src/testing/index.ts'
import { dynamoClient, localEnvironment } from '../servers/clients.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import {
  completion,
  context,
  extending,
  heldBy,
  holderOf,
  releasing,
  request,
  requests,
  stuck,
} from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'

const LIMIT_MS = 10_000

/** Takes everything, answers nothing and does not look at the signal. */
const blackHole: DynamoClient = { send: () => new Promise(() => {}) }

describe.each([true, false])(
  'a client that never answers and ignores the signal, batching %s',
  (batching) => {
    it.each([
      ['one first delivery', () => [request()]],
      ['one redelivery', () => [request({ redelivered: true })]],
      ['many first deliveries', () => requests(60)],
      ['many redeliveries', () => requests(130, { redelivered: true })],
      ['a mixed batch', () => [...requests(5), ...requests(5, { redelivered: true })]],
    ])('%s: unavailable by the deadline, not a moment before', async (_, make) => {
      const clock = manualClock()
      const store = dynamoStore({ table: 'records', client: blackHole, batching, runtime: clock })
      const asked = make()
      const { deadline, ...rest } = { ...context(), deadline: clock.monotonic() + LIMIT_MS / 2 }
      const answer = ended(store.claim(asked, { deadline, ...rest }))
      await clock.advance(LIMIT_MS / 2 - 1)
      expect(answer.value).toBeUndefined()
      await clock.advance(1)
      expect(answer.value?.map((outcome) => outcome.kind)).toEqual(asked.map(() => 'unavailable'))
      expect(answer.value?.[0]).toMatchObject({ reason: 'timeout' })
      expect(clock.waiting, 'no timer is left').toBe(0)
    })

    it.each([
      ['one completion', () => [completion(holderOf(stuck()))]],
      ['many settlements', () => Array.from({ length: 60 }, () => releasing(holderOf(stuck())))],
      ['an extension', () => [extending(holderOf(stuck()))]],
    ])('%s: unknown by the deadline, not a moment before', async (_, make) => {
      const clock = manualClock()
      const store = dynamoStore({ table: 'records', client: blackHole, batching, runtime: clock })
      const asked = make()
      const answer = ended(store.settle(asked, { ...context(), deadline: clock.monotonic() + LIMIT_MS / 2 }))
      await clock.advance(LIMIT_MS / 2 - 1)
      expect(answer.value).toBeUndefined()
      await clock.advance(1)
      expect(answer.value?.map((outcome) => outcome.kind)).toEqual(asked.map(() => 'unknown'))
      expect(clock.waiting, 'no timer is left').toBe(0)
    })

    it('a settlement that arrives while another is stuck is unknown by the deadline of both', async () => {
      const clock = manualClock()
      const store = dynamoStore({ table: 'records', client: blackHole, batching, runtime: clock })
      const shared = { ...context(), deadline: clock.monotonic() + LIMIT_MS / 2 }
      const first = ended(store.settle([completion(holderOf(stuck()))], shared))
      await clock.advance(100)
      const second = ended(store.settle([completion(holderOf(stuck()))], shared))
      await clock.advance(LIMIT_MS / 2 - 100)
      expect([first.value, second.value]).toMatchObject([[{ kind: 'unknown' }], [{ kind: 'unknown' }]])
    })

    it('without any deadline a call is given up after ten seconds', async () => {
      const clock = manualClock()
      const store = dynamoStore({ table: 'records', client: blackHole, batching, runtime: clock })
      const answer = ended(store.claim(requests(2), { ...context(), deadline: Infinity }))
      await clock.advance(LIMIT_MS - 1)
      expect(answer.value).toBeUndefined()
      await clock.advance(1)
      expect(answer.value?.map((outcome) => outcome.kind)).toEqual(['unavailable', 'unavailable'])
    })
  },
)

test('with no time left nothing is sent', async () => {
  const clock = manualClock()
  let sent = 0
  const client: DynamoClient = {
    async send() {
      sent++
    },
  }
  const store = dynamoStore({ table: 'records', client, runtime: clock })
  const late = { ...context(), deadline: clock.monotonic() }
  expect(await store.claim([request(), request()], late)).toMatchObject([
    { kind: 'unavailable', reason: 'timeout' },
    { kind: 'unavailable', reason: 'timeout' },
  ])
  expect(await store.claim([request({ redelivered: true })], late)).toMatchObject([{ kind: 'unavailable' }])
  expect(await store.settle([completion(holderOf(stuck()))], late)).toMatchObject([{ kind: 'unknown' }])
  expect(sent).toBe(0)
})

test.each([
  ['answers', async () => ({ $metadata: {} })],
  [
    'fails',
    async () => Promise.reject(Object.assign(new Error('refused'), { name: 'AccessDeniedException' })),
  ],
])('a call that %s leaves no timer behind: a frozen sandbox must not wake to one', async (_, send) => {
  const clock = manualClock()
  const store = dynamoStore({ table: 'records', client: { send }, batching: false, runtime: clock })
  const within = { ...context(), deadline: clock.monotonic() + LIMIT_MS }
  await store.claim([request()], within).catch(() => {})
  expect(clock.waiting).toBe(0)
})

test('the signal of an attempt aborts at its end, so that a client that obeys it closes its connection', async () => {
  const clock = manualClock()
  const signals: AbortSignal[] = []
  const client: DynamoClient = {
    send(_command: never, options?: { readonly abortSignal?: AbortSignal }) {
      if (options?.abortSignal) signals.push(options.abortSignal)
      return new Promise(() => {})
    },
  }
  const store = dynamoStore({ table: 'records', client, runtime: clock })
  const answer = ended(store.claim([request()], { ...context(), deadline: clock.monotonic() + 1_000 }))
  await clock.advance(333)
  expect(signals.map((signal) => signal.aborted)).toEqual([false])
  await clock.advance(1)
  // A third of the time is over: cut, and asked again.
  expect(signals.map((signal) => signal.aborted)).toEqual([true, false])
  await clock.advance(665)
  expect(answer.value).toBeUndefined()
  await clock.advance(1)
  expect(signals.every((signal) => signal.aborted)).toBe(true)
  expect(answer.value).toMatchObject([{ kind: 'unavailable' }])
})

describe('the default client', () => {
  const environment = { ...process.env }
  let silent: Server
  let connections: Socket[]
  let client: DynamoDBClient
  let store: DynamoClient

  beforeEach(async () => {
    connections = []
    // Takes every connection and answers nothing.
    silent = createServer((socket) => {
      connections.push(socket)
      socket.on('error', () => {}).resume()
    }).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    Object.assign(process.env, localEnvironment({ dynamodb: `http://127.0.0.1:${port}` }))
    client = defaultClient()
    store = storeClient(client)
  })
  afterEach(async () => {
    process.env = environment
    client.destroy()
    for (const socket of connections) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })

  it('closes the connection of a request whose signal aborts, of no other, and tries it no more', async () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const ask = (signal: AbortSignal) =>
      store
        .send(new GetItemCommand({ TableName: 'records', Key: { id: { S: 'a' } } }) as never, {
          abortSignal: signal,
        })
        .then(
          () => 'answered',
          (error: Error) => error.name,
        )
    const answers = [ask(first.signal), ask(second.signal)]
    await expect.poll(() => connections.length).toBe(2)
    first.abort()
    expect(await answers[0]).toBe('AbortError')
    await expect.poll(() => connections.filter((socket) => socket.closed).length).toBe(1)
    second.abort()
    expect(await answers[1]).toBe('AbortError')
    expect(connections).toHaveLength(2)
  })

  it('resolves the middleware once for each kind of command, signal or not', async () => {
    let resolved = 0
    client.middlewareStack.add(
      (next) => {
        resolved++
        return next
      },
      { step: 'initialize' },
    )
    const { signal } = new AbortController()
    const asked = Array.from({ length: 3 }, () =>
      store.send(new GetItemCommand({ TableName: 'records', Key: { id: { S: 'a' } } }) as never, {
        abortSignal: AbortSignal.any([signal, AbortSignal.timeout(200)]),
      }),
    )
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
    expect(resolved).toBe(1)
  })
})

describe('over a real connection that goes silent', () => {
  let local: LocalTable
  let proxy: FaultProxy
  let sdk: DynamoDBClient

  beforeAll(async () => {
    local = await startLocalTable()
    proxy = await startFaultProxy({ target: local.endpoint })
  })
  afterAll(async () => {
    sdk.destroy()
    await proxy.stop()
    await local.stop()
  })
  beforeEach(() => {
    proxy.setPlan(undefined)
    // The SDK's own default: no request timeout at all.
    sdk = dynamoClient(proxy.endpoint)
  })

  it('a batch of claims ends at its deadline, and nothing was written', async () => {
    proxy.setPlan(() => ({ kind: 'half-open' }))
    const store = dynamoStore({ table: local.table, client: sdk })
    const asked = requests(3)
    const outcomes = await store.claim(asked, context(300))
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['unavailable', 'unavailable', 'unavailable'])
    expect(await local.get(asked[0]?.id ?? '')).toBeUndefined()
  })

  it('a completion whose answer comes after the deadline is unknown, and never success', async () => {
    const store = dynamoStore({ table: local.table, client: sdk })
    const asked = request()
    const [granted] = await store.claim([asked], context())
    proxy.setPlan(() => ({ kind: 'delay', ms: 600 }))
    const settlement = completion(heldBy(asked, granted))
    expect(await store.settle([settlement], context(200))).toMatchObject([{ kind: 'unknown' }])
    proxy.setPlan(undefined)
    // It landed late; asked again, it is recognised as ours.
    await expect.poll(async () => (await local.get(asked.id))?.status).toBe('COMPLETED')
    expect(await store.settle([settlement], context())).toEqual([
      { kind: 'completed', duplicateEffect: false },
    ])
  })
})

/** The value of a promise once it has one, to be looked at without waiting. */
function ended<Value>(promise: Promise<Value>): { value: Value | undefined } {
  const box: { value: Value | undefined } = { value: undefined }
  void promise.then((value) => {
    box.value = value
  })
  return box
}
