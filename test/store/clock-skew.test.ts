import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { type ManualClock, manualClock } from '../../src/testing/index.ts'
import { dynamoClient } from '../servers/clients.ts'
import { call, context, request, stuck, token } from './asks.ts'
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
])('a host whose clock is off, asked for a message %s', (_, count) => {
  it.each([
    [
      'an hour fast, a live lease: busy',
      HOUR,
      { leaseUntil: Date.now() + HOUR / 2, expiresAt: Date.now() + 10 * HOUR },
      { kind: 'busy', reason: 'lease' },
    ],
    [
      'an hour fast, COMPLETED inside its window: a duplicate',
      HOUR,
      { status: 'COMPLETED', leaseUntil: undefined, expiresAt: Date.now() + HOUR / 2 },
      { kind: 'duplicate' },
    ],
    [
      'an hour fast, FAILED inside its window: its window goes on',
      HOUR,
      { status: 'FAILED', attempts: 2, expiresAt: Date.now() + HOUR / 2 },
      { kind: 'claimed', origin: 'retry', attempt: 3 },
    ],
    [
      'an hour fast, stuck: taken over',
      HOUR,
      { leaseUntil: Date.now() - 30_000 },
      { kind: 'claimed', origin: 'takeover' },
    ],
    [
      'an hour slow, stuck: taken over',
      -HOUR,
      { leaseUntil: Date.now() - 30_000 },
      { kind: 'claimed', origin: 'takeover' },
    ],
    [
      'an hour slow, its window over: claimed anew',
      -HOUR,
      { status: 'COMPLETED', leaseUntil: undefined, expiresAt: Date.now() - 30_000 },
      { kind: 'claimed', origin: 'expired' },
    ],
    [
      'ten seconds slow, a live lease: busy',
      -10_000,
      { leaseUntil: Date.now() + HOUR / 2 },
      { kind: 'busy', reason: 'lease' },
    ],
  ])('%s', async (_what, offset, changes, expected) => {
    const record = stuck(changes)
    await local.put(record)
    // The very first request of a process: nothing has told the server's time yet.
    const store = storeAt(offset)
    const asked = [request({ id: record.id, redelivered: true }), request({ redelivered: true })]
    const [outcome] = await store.claim(asked.slice(0, count), call().context)
    expect(outcome).toMatchObject(expected)
  })
})

test('being off is said once by a store, whoever asks, with the offset', async () => {
  const store = storeAt(-HOUR)
  const { context: noting, notices } = call()
  for (let round = 0; round < 3; round++) await store.claim([request(), request()], noting)
  await store.claim([request()], call(20_000, { notify: noting.notify }).context)
  expect(notices).toEqual([
    { kind: 'clock-skew', offsetMs: expect.toSatisfy((ms: number) => near(ms, HOUR)) },
  ])
})

test('nobody needs to listen, and a listener that throws changes nothing', async () => {
  const record = stuck()
  await local.put(record)
  const { notify: _, ...silent } = context()
  const loud = () => {
    throw new Error('the listener is broken')
  }
  for (const listening of [silent, { ...silent, notify: loud }]) {
    const [outcome] = await storeAt(-HOUR).claim(
      [request({ id: record.id + token(), redelivered: true })],
      listening,
    )
    expect(outcome).toMatchObject({ kind: 'claimed' })
  }
})

test("the store's time is the server's once an answer has come, and the host's own until then", async () => {
  for (const offset of [HOUR, -HOUR, 5_000, -5_000]) {
    const clock = manualClock({ now: Date.now() + offset, timers: 'system' })
    const store = dynamoStore({ table: local.table, client, runtime: clock })
    expect(store.now?.()).toBe(clock.now())
    await store.claim([request()], context())
    // The manual clock stands still while this test goes on, so a busy machine adds to the difference.
    expect(Math.abs((store.now?.() ?? 0) - Date.now())).toBeLessThan(4_000)
  }
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

test('a clock that is set while the process runs is corrected by the next answer', async () => {
  const clock = manualClock({ now: Date.now() + HOUR, timers: 'system' })
  const store = dynamoStore({ table: local.table, client, runtime: clock })
  await store.claim([request()], context())
  expect(near((store.now?.() ?? 0) - Date.now(), 0)).toBe(true)
  clock.set(Date.now() - HOUR)
  await store.claim([request()], context())
  expect(near((store.now?.() ?? 0) - Date.now(), 0)).toBe(true)
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
  expect(near((store.now?.() ?? 0) - Date.now(), 0)).toBe(true)
})

test('two stores on one client read the Date header once each, and both know the time', async () => {
  const sdk = dynamoClient(local.endpoint)
  const clock = manualClock({ now: Date.now() + HOUR, timers: 'system' })
  const stores = [1, 2].map(() => dynamoStore({ table: local.table, client: sdk, runtime: clock }))
  for (const store of stores) {
    await store.claim([request()], call().context)
    expect(near((store.now?.() ?? 0) - Date.now(), 0)).toBe(true)
  }
  sdk.destroy()
})

test('leases and windows are compared in one time: what a slow host has written lives as long as any other', async () => {
  const slow = storeAt(-5_000)
  await slow.claim([request()], context())
  const now = slow.now?.() ?? 0
  const asked = request({ leaseUntil: now + 30_000, expiresAt: now + HOUR })
  await slow.claim([asked], context())
  const [outcome] = await storeAt(5_000).claim([request({ id: asked.id, redelivered: true })], context())
  expect(outcome).toMatchObject({ kind: 'busy', reason: 'lease' })
  const record = await local.get(asked.id)
  expect(near(record?.fence ?? 0, Date.now())).toBe(true)
})

function storeAt(offsetMs: number): RecordStore {
  const clock: ManualClock = manualClock({ now: Date.now() + offsetMs, timers: 'system' })
  return dynamoStore({ table: local.table, client, runtime: clock })
}

/** The header is cut to the second, and this machine may be busy. */
function near(ms: number, expected: number): boolean {
  return Math.abs(ms - expected) < 60_000
}
