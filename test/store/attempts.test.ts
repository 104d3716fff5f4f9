import { describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { SettleOutcome, StoreNotice } from '../../src/store/contract.ts'
import { manualClock } from '../../src/testing/index.ts'
import { completion, extending, releasing, request, requests, token } from './asks.ts'
import { serviceError } from './tapped-client.ts'

interface Sent {
  readonly operation: string
  readonly at: number
  readonly statements: number
  /** What the request carries, to compare repetitions. */
  readonly text: string
}

type Answer = (sent: Sent, count: number) => unknown

/** A store on a manual clock and a client that answers as told; nothing retries inside of it. */
function rig(answer: Answer) {
  const clock = manualClock({ now: 1_800_000_000_000, seed: 1 })
  const sent: Sent[] = []
  const notices: StoreNotice[] = []
  const client = {
    send(command: { readonly input: { readonly Statements?: readonly unknown[] } }) {
      const operation = command.constructor.name.replace(/Command$/, '')
      const { input } = command
      const one = {
        operation,
        at: clock.monotonic(),
        statements: input.Statements?.length ?? 1,
        text: JSON.stringify(input),
      }
      sent.push(one)
      return Promise.resolve(answer(one, sent.length))
    },
  }
  const store = dynamoStore({ table: 'records', client, runtime: clock })
  const within = (deadline: number) => ({
    deadline,
    marginMs: 2_000,
    clockErrorMs: 1_000,
    notify: (notice: StoreNotice) => notices.push(notice),
  })
  return { clock, store, sent, notices, within }
}

function landed({ statements }: Sent) {
  return { Responses: Array.from({ length: statements }, () => ({})) }
}

const never = () => new Promise<never>(() => {})
const down = (name: string) => Promise.reject(serviceError(name))

function claims(count: number) {
  return Array.from({ length: count }, () => {
    return { id: `test#${token()}`, owner: token(), fence: 7, attempt: 1, fingerprint: undefined }
  })
}

const COMPLETED: SettleOutcome = { kind: 'completed', duplicateEffect: false }

describe('an attempt that is not answered, whatever the client', () => {
  it.each([
    [6_000, 2_000],
    [9_000, 3_000],
    [60_000, 3_000],
    [600, 250],
  ])('with %i ms left is cut after %i ms and asked again as it was', async (left, cut) => {
    const { clock, store, sent, within } = rig((one, count) => (count === 1 ? never() : landed(one)))
    const claimed = store.claim([request()], within(left))
    await clock.advance(cut)
    expect(await claimed).toMatchObject([{ kind: 'claimed', origin: 'fresh' }])
    expect(sent.map(({ at }) => at)).toEqual([0, cut])
    // The same owner: what lands late is recognised.
    expect(sent[1]?.text).toBe(sent[0]?.text)
    expect(clock.waiting).toBe(0)
  })

  it('a group of settlements: all of it, in one request again', async () => {
    const { clock, store, sent, within } = rig((one, count) => (count === 1 ? never() : landed(one)))
    const settled = store.settle(
      claims(10).map((claim) => completion(claim)),
      within(30_000),
    )
    await clock.advance(3_000)
    expect(await settled).toEqual(Array(10).fill(COMPLETED))
    expect(sent.map(({ at, statements }) => [at, statements])).toEqual([
      [0, 10],
      [3_000, 10],
    ])
  })

  it('a batch read', async () => {
    const { clock, store, sent, within } = rig((one, count) => (count === 1 ? never() : landed(one)))
    const claimed = store.claim(requests(3, { redelivered: true }), within(3_000))
    await clock.advance(1_000)
    expect((await claimed).map(({ kind }) => kind)).toEqual(Array(3).fill('claimed'))
    expect(sent.map(({ operation, at }) => [operation, at])).toEqual([
      ['BatchGetItem', 0],
      ['BatchGetItem', 1_000],
      ['BatchExecuteStatement', 1_000],
    ])
  })

  it('a redelivery that comes alone, in one write once the clock is known', async () => {
    const { clock, store, sent, within } = rig((_one, count) =>
      count === 2 ? never() : { $metadata: { serverDate: 1_800_000_000_000 } },
    )
    await store.claim([request()], within(9_000))
    const claimed = store.claim([request({ redelivered: true })], within(9_000))
    await clock.advance(3_000)
    expect(await claimed).toMatchObject([{ kind: 'claimed' }])
    expect(sent.map(({ operation }) => operation)).toEqual(['PutItem', 'UpdateItem', 'UpdateItem'])
  })
})

const PASSING = [
  'TransactionConflictException',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ServiceUnavailable',
  'ReplicatedWriteConflictException',
  'TimeoutError',
]

describe.each(PASSING)('%s', (name) => {
  it.each([
    ['one claim', () => [request()]],
    ['many claims', () => requests(10)],
    ['a redelivery', () => [request({ redelivered: true })]],
    ['many redeliveries', () => requests(10, { redelivered: true })],
  ])('at %s for seven seconds: tried until it passes, with growing waits', async (_, make) => {
    const { clock, store, sent, within } = rig((one) => (one.at < 7_000 ? down(name) : landed(one)))
    const claimed = store.claim(make(), within(20_000))
    await clock.advance(9_000)
    expect(new Set((await claimed).map(({ kind }) => kind))).toEqual(new Set(['claimed']))
    expect(sent.length).toBeGreaterThan(5)
    expect(sent.length).toBeLessThan(150)
    expect(clock.waiting).toBe(0)
  })
})

test.each(['ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN'])('%s is tried until it passes', async (code) => {
  const { clock, store, within } = rig((one) =>
    one.at < 2_000 ? Promise.reject(Object.assign(new Error(code), { code })) : landed(one),
  )
  const claimed = store.claim(requests(2), within(20_000))
  await clock.advance(4_000)
  expect((await claimed).map(({ kind }) => kind)).toEqual(['claimed', 'claimed'])
})

describe('a call that runs out of time tells what kept it from coming through', () => {
  const makes = [
    ['a claim', () => [request()]],
    ['many redeliveries', () => requests(3, { redelivered: true })],
  ] as const

  it.each(makes)('%s: throttled, and not that its last attempt had no time', async (_, make) => {
    const { clock, store, within } = rig((one) => (one.at < 760 ? down('ThrottlingException') : never()))
    const claimed = store.claim(make(), within(1_000))
    await clock.advance(1_000)
    for (const outcome of await claimed) {
      expect(outcome).toMatchObject({ reason: 'throttling', error: { name: 'ThrottlingException' } })
    }
  })

  it.each(makes)('%s: no answer, where its attempts had time for one', async (_, make) => {
    const { clock, store, within } = rig((_one, count) =>
      count === 1 ? down('InternalServerError') : never(),
    )
    const claimed = store.claim(make(), within(5_000))
    await clock.advance(5_000)
    for (const outcome of await claimed) {
      expect(outcome).toMatchObject({ reason: 'timeout', error: { name: 'CallTimeoutError' } })
    }
  })
})

test('settlements throttled for seven seconds are tried in batches, never one by one, and it is said', async () => {
  const { clock, store, sent, notices, within } = rig((one) =>
    one.at < 7_000 ? down('ThrottlingException') : landed(one),
  )
  const settled = store.settle(
    claims(100).map((claim) => completion(claim)),
    within(20_000),
  )
  await clock.advance(10_000)
  expect(await settled).toEqual(Array(100).fill(COMPLETED))
  expect(new Set(sent.map(({ operation }) => operation))).toEqual(new Set(['BatchExecuteStatement']))
  // Four groups, each waiting longer and longer.
  expect(sent.length).toBeLessThan(100)
  expect(new Set(notices.map(({ kind }) => kind))).toEqual(new Set(['retrying']))
  expect(notices[0]).toMatchObject({ error: { name: 'ThrottlingException' } })
})

test('statements that are throttled inside a batch go together again, the rest is done', async () => {
  const { clock, store, sent, within } = rig((one, count) => {
    const Responses = Array.from({ length: one.statements }, (_, index) =>
      count === 1 && index >= 5 ? { Error: { Code: 'ThrottlingError' } } : {},
    )
    return { Responses }
  })
  const settled = store.settle(
    claims(25).map((claim) => completion(claim)),
    within(20_000),
  )
  await clock.advance(1_000)
  expect(await settled).toEqual(Array(25).fill(COMPLETED))
  expect(sent.map(({ statements }) => statements)).toEqual([25, 20])
})

test('a batch that fails as a whole again and again, not for load, is tried by single items: it may be the batch', async () => {
  const { clock, store, sent, within } = rig((one) =>
    one.operation === 'BatchExecuteStatement' ? down('InternalServerError') : {},
  )
  const settled = store.settle(
    claims(5).map((claim) => completion(claim)),
    within(20_000),
  )
  await clock.advance(1_000)
  expect(await settled).toEqual(Array(5).fill(COMPLETED))
  expect(sent.map(({ operation }) => operation)).toEqual([
    'BatchExecuteStatement',
    'BatchExecuteStatement',
    ...Array(5).fill('UpdateItem'),
  ])
})

describe('that a settlement is tried again is said', () => {
  it('at its first attempt that was not confirmed, for every caller of the group', async () => {
    const { clock, store, notices, within } = rig((one, count) =>
      count === 1 ? down('InternalServerError') : landed(one),
    )
    const others: StoreNotice[] = []
    const other = { ...within(20_000), notify: (notice: StoreNotice) => others.push(notice) }
    const [first, second, third] = claims(3)
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three')
    const settled = Promise.all([
      store.settle([completion(first), releasing(second)], within(20_000)),
      store.settle([completion(third)], other),
    ])
    await clock.advance(0)
    expect([notices.length, others.length]).toEqual([1, 1])
    expect(notices[0]).toMatchObject({ kind: 'retrying', error: { name: 'InternalServerError' } })
    await clock.advance(1_000)
    expect((await settled).flat().map(({ kind }) => kind)).toEqual(['completed', 'released', 'completed'])
  })

  it('not of an extension: nothing that was done waits for it', async () => {
    const { clock, store, notices, within } = rig((one, count) =>
      count === 1 ? down('InternalServerError') : landed(one),
    )
    const settled = store.settle(
      claims(2).map((claim) => extending(claim)),
      within(20_000),
    )
    await clock.advance(1_000)
    expect((await settled).map(({ kind }) => kind)).toEqual(['extended', 'extended'])
    expect(notices).toEqual([])
  })

  it('not of claims, and not where it does not fail in passing', async () => {
    const { clock, store, notices, within } = rig((one, count) =>
      count === 1 ? down('InternalServerError') : count === 2 ? landed(one) : down('AccessDeniedException'),
    )
    const claimed = store.claim([request()], within(20_000))
    await clock.advance(1_000)
    await claimed
    await store.settle(
      claims(1).map((claim) => completion(claim)),
      within(20_000),
    )
    expect(notices).toEqual([])
  })

  it('to a listener that throws: nothing changes', async () => {
    const { clock, store, within } = rig((one, count) =>
      count === 1 ? down('InternalServerError') : landed(one),
    )
    const notify = () => {
      throw new Error('the listener is broken')
    }
    const settled = store.settle(
      claims(2).map((claim) => completion(claim)),
      { ...within(20_000), notify },
    )
    await clock.advance(1_000)
    expect(await settled).toEqual(Array(2).fill(COMPLETED))
  })
})

test('three thousand settlements at once, ten milliseconds a round trip and server time besides: confirmed in a second, never more than sixteen requests', async () => {
  let inFlight = 0
  let most = 0
  const { clock, store, sent, within } = rig(async (one) => {
    inFlight++
    most = Math.max(most, inFlight)
    await new Promise<void>((resolve) => void clock.after(10 + 80, resolve))
    inFlight--
    return landed(one)
  })
  const settled = store.settle(
    claims(3_000).map((claim) => completion(claim)),
    within(1_200),
  )
  await clock.advance(1_000)
  expect(new Set((await settled).map(({ kind }) => kind))).toEqual(new Set(['completed']))
  expect([sent.length, most]).toEqual([120, 16])
})

test('a group that hangs holds up neither the writer nor its own second attempt', async () => {
  const { clock, store, within } = rig((one, count) => (count === 1 ? never() : landed(one)))
  const first = store.settle(
    claims(3).map((claim) => completion(claim)),
    within(30_000),
  )
  await clock.advance(0)
  const second = store.settle(
    claims(3).map((claim) => completion(claim)),
    within(30_000),
  )
  await clock.advance(250)
  expect(await second).toEqual(Array(3).fill(COMPLETED))
  await clock.advance(2_750)
  expect(await first).toEqual(Array(3).fill(COMPLETED))
})

describe('the end of a turn that never comes, as with fake timers', () => {
  it.each([
    ['a claim', (store: ReturnType<typeof dynamoStore>, call: never) => store.claim([request()], call)],
    [
      'a settlement',
      (store: ReturnType<typeof dynamoStore>, call: never) =>
        store.settle(
          claims(1).map((claim) => completion(claim)),
          call,
        ),
    ],
  ])('does not close the writer: a later write gets %s going again', async (_, make) => {
    const clock = manualClock()
    let lost = true
    const runtime = {
      ...clock,
      endOfTurn: (callback: () => void) => void (lost || clock.endOfTurn(callback)),
    }
    const client = { send: async () => ({ Responses: [{}, {}] }) }
    const store = dynamoStore({ table: 'records', client, runtime })
    const call = { deadline: 60_000, marginMs: 2_000, clockErrorMs: 1_000 }
    const first = make(store, call as never)
    await clock.advance(200)
    lost = false
    const second = make(store, call as never)
    await clock.advance(0)
    for (const outcome of [await first, await second].flat()) {
      expect(outcome.kind).toMatch(/^(claimed|completed)$/)
    }
  })
})
