import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { type ManualClock, manualClock } from '../../src/testing/index.ts'
import { dynamoClient } from '../servers/clients.ts'
import { call, completion, context, holderOf, request, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { type TappedClient, tappedClient } from './tapped-client.ts'

const HOUR = 3_600_000

let local: LocalTable
let client: TappedClient

beforeAll(async () => {
  local = await startLocalTable()
  client = tappedClient(local.client)
})
afterAll(() => local.stop())
beforeEach(() => client.reset())

describe.each([
  ['alone', 1],
  ['beside another', 2],
])('a host whose clock is an hour fast, asked for a message %s', (_, count) => {
  it.each([
    [
      'IN_PROGRESS with a live lease',
      { leaseUntil: Date.now() + HOUR / 2, expiresAt: Date.now() + 10 * HOUR },
    ],
    [
      'COMPLETED inside its window',
      { status: 'COMPLETED', leaseUntil: undefined, expiresAt: Date.now() + HOUR / 2 },
    ],
    ['FAILED and expired by its clock', { status: 'FAILED', expiresAt: Date.now() + HOUR / 2 }],
  ])('refuses what only its own clock calls past: %s', async (_what, changes) => {
    const record = stuck(changes)
    await local.put(record)
    // The very first request of a process: nothing has told the server's time yet.
    const store = storeAt(HOUR)
    const { context: noting, notices } = call()
    const asked = [request({ id: record.id, redelivered: true }), request({ redelivered: true })]
    const [outcome] = await store.claim(asked.slice(0, count), noting)
    expect(outcome).toEqual({ kind: 'busy', leaseUntil: record.leaseUntil, reason: 'clock-skew' })
    expect(notices.every((notice) => notice.kind === 'clock-skew')).toBe(true)
    expect(notices[0]).toMatchObject({ offsetMs: expect.toSatisfy((ms) => near(ms, -HOUR)) })
    expect(await local.get(record.id)).toMatchObject({ owner: record.owner, fence: record.fence })
    // And so it goes on, now that the clock is known to be wrong.
    const again = await store.claim([request({ id: record.id, redelivered: true })], call().context)
    expect(again).toMatchObject([{ kind: 'busy', reason: 'clock-skew' }])
  })

  it('still claims what does not rest on its clock: absent and FAILED records', async () => {
    const failed = stuck({ status: 'FAILED', leaseUntil: undefined, expiresAt: Date.now() + 10 * HOUR })
    await local.put(failed)
    const store = storeAt(HOUR)
    const asked = [request({ id: failed.id, redelivered: true }), request({ redelivered: true })]
    for (const one of asked) {
      const outcomes = await store.claim(count === 1 ? [one] : [one, request()], call().context)
      expect(outcomes[0]).toMatchObject({ kind: 'claimed' })
    }
  })

  it('may still complete what it holds: a settlement asks no clock', async () => {
    const record = stuck()
    await local.put(record)
    const [outcome] = await storeAt(HOUR).settle([completion(holderOf(record))], context())
    expect(outcome).toEqual({ kind: 'completed', duplicateEffect: false })
  })
})

test('a host whose clock is an hour slow refuses takeovers too, and says the offset', async () => {
  const record = stuck({ leaseUntil: Date.now() - 2 * HOUR })
  await local.put(record)
  const { context: noting, notices } = call()
  const [outcome] = await storeAt(-HOUR).claim([request({ id: record.id, redelivered: true })], noting)
  expect(outcome).toMatchObject({ kind: 'busy', reason: 'clock-skew' })
  expect(notices[0]).toMatchObject({ kind: 'clock-skew', offsetMs: expect.toSatisfy((ms) => near(ms, HOUR)) })
})

test('a host whose clock is off refuses takeovers where nobody listens, too', async () => {
  const record = stuck({ leaseUntil: Date.now() - 2 * HOUR })
  await local.put(record)
  const { notify: _, ...silent } = context()
  const [outcome] = await storeAt(-HOUR).claim([request({ id: record.id, redelivered: true })], silent)
  expect(outcome).toMatchObject({ kind: 'busy', reason: 'clock-skew' })
})

test('a host that is right takes over, before and after it knows the time, and says nothing', async () => {
  const store = storeAt(0)
  const { context: noting, notices } = call()
  for (let round = 0; round < 2; round++) {
    const record = stuck()
    await local.put(record)
    const [outcome] = await store.claim([request({ id: record.id, redelivered: true })], noting)
    expect(outcome).toMatchObject({ kind: 'claimed', origin: 'takeover', attempt: 2 })
  }
  expect(notices).toEqual([])
})

test('a host just inside the clock error takes over', async () => {
  const record = stuck()
  await local.put(record)
  const [outcome] = await storeAt(-900).claim([request({ id: record.id, redelivered: true })], context())
  expect(outcome).toMatchObject({ kind: 'claimed', origin: 'takeover' })
})

test('a clock that was set right is believed again', async () => {
  const record = stuck()
  await local.put(record)
  const clock = manualClock({ now: Date.now() + HOUR, timers: 'system' })
  const store = dynamoStore({ table: local.table, client, runtime: clock })
  const ask = () => store.claim([request({ id: record.id, redelivered: true })], context())
  expect(await ask()).toMatchObject([{ kind: 'busy', reason: 'clock-skew' }])
  clock.set(Date.now())
  expect(await ask()).toMatchObject([{ kind: 'claimed' }])
})

test('the time is learnt from a failed condition as well as from an answer', async () => {
  const record = stuck({ status: 'COMPLETED', leaseUntil: undefined, expiresAt: Date.now() + 10 * HOUR })
  await local.put(record)
  const store = storeAt(HOUR)
  // PutItem fails on its condition: the only answer so far is an error.
  expect(await store.claim([request({ id: record.id })], call().context)).toMatchObject([
    { kind: 'duplicate' },
  ])
  expect(client.operations()).toEqual(['PutItem'])
  const live = stuck({ leaseUntil: Date.now() + HOUR / 2, expiresAt: Date.now() + 10 * HOUR })
  await local.put(live)
  const [outcome] = await store.claim([request({ id: live.id, redelivered: true })], call().context)
  expect(outcome).toMatchObject({ kind: 'busy', reason: 'clock-skew' })
})

test('two stores on one client read the Date header once each, and both know the time', async () => {
  const sdk = dynamoClient(local.endpoint)
  const clock = manualClock({ now: Date.now() + HOUR, timers: 'system' })
  const stores = [1, 2].map(() => dynamoStore({ table: local.table, client: sdk, runtime: clock }))
  for (const store of stores) {
    const record = stuck({ leaseUntil: Date.now() + HOUR / 2, expiresAt: Date.now() + 10 * HOUR })
    await local.put(record)
    const [outcome] = await store.claim([request({ id: record.id, redelivered: true })], call().context)
    expect(outcome).toMatchObject({ kind: 'busy', reason: 'clock-skew' })
  }
  sdk.destroy()
})

function storeAt(offsetMs: number): RecordStore {
  const clock: ManualClock = manualClock({ now: Date.now() + offsetMs, timers: 'system' })
  return dynamoStore({ table: local.table, client, runtime: clock })
}

/** The header is cut to the second, and this machine may be busy. */
function near(ms: number, expected: number): boolean {
  return Math.abs(ms - expected) < 60_000
}
