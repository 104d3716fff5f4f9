import { expect, test } from 'vitest'
import { cachedStore } from '../../../src/store/cached/cached-store.ts'
import type { RecordStore } from '../../../src/store/contract.ts'
import { type ManualClock, manualClock, memoryStore } from '../../../src/testing/index.ts'
import { completion, context, heldBy, request } from '../asks.ts'

const WINDOW = 60_000

/** A memory store behind a cache; `asked` counts what reaches it. */
function rig(most: number) {
  const clock = manualClock()
  const inner = memoryStore({ runtime: clock })
  const asked: string[] = []
  const counting: RecordStore = {
    claim(requests, call) {
      asked.push(...requests.map(({ id }) => id))
      return inner.claim(requests, call)
    },
    settle: (settlements, call) => inner.settle(settlements, call),
  }
  return { clock, asked, store: cachedStore(counting, { most, runtime: clock }) }
}

function ask(clock: ManualClock, id: string) {
  const now = clock.now()
  return request({ id, leaseUntil: now + 30_000, expiresAt: now + WINDOW, redelivered: true })
}

async function complete(store: RecordStore, clock: ManualClock, id: string, windowMs = WINDOW) {
  const asked = ask(clock, id)
  const [outcome] = await store.claim([asked], context())
  const completedAt = clock.now()
  const settlement = { ...completion(heldBy(asked, outcome)), completedAt, expiresAt: completedAt + windowMs }
  await store.settle([settlement], context())
}

test.each([1, 1_000_000])('%i keys are allowed', async (most) => {
  const { clock, asked, store } = rig(most)
  await complete(store, clock, 'a')
  expect(await store.claim([ask(clock, 'a')], context())).toMatchObject([{ kind: 'duplicate' }])
  expect(asked).toEqual(['a'])
})

test('a key whose window is over makes room: it displaces none that still counts', async () => {
  const { clock, asked, store } = rig(2)
  await complete(store, clock, 'short', 10_000)
  await complete(store, clock, 'long')
  await clock.advance(20_000)
  await store.claim([ask(clock, 'short')], context())
  await complete(store, clock, 'new')
  asked.length = 0
  expect(await store.claim([ask(clock, 'long')], context())).toMatchObject([{ kind: 'duplicate' }])
  expect(asked).toEqual([])
})

test('a store that answers for fewer than it was asked leaves the rest unknown, never granted', async () => {
  const mute: RecordStore = { claim: async () => [], settle: async () => [] }
  const outcomes = await cachedStore(mute).claim([request()], context())
  expect(outcomes).toEqual([{ kind: 'unavailable', error: undefined }])
})

test('the answer for a remembered key is the record that the store behind would have shown', async () => {
  const { clock, asked, store } = rig(10)
  await complete(store, clock, 'a')
  const [remembered] = await store.claim([ask(clock, 'a')], context())
  expect(asked).toEqual(['a'])
  expect(remembered).toMatchObject({
    kind: 'duplicate',
    record: { id: 'a', status: 'COMPLETED', attempts: 1 },
  })
})

test('a duplicate with a stored result is asked for every time', async () => {
  const { clock, asked, store } = rig(10)
  const request = ask(clock, 'a')
  const [outcome] = await store.claim([request], context())
  const done = { ...completion(heldBy(request, outcome), '"result"'), expiresAt: clock.now() + WINDOW }
  await store.settle([done], context())
  await store.claim([ask(clock, 'a')], context())
  expect(await store.claim([ask(clock, 'a')], context())).toMatchObject([
    { kind: 'duplicate', record: { result: '"result"' } },
  ])
  expect(asked).toEqual(['a', 'a', 'a'])
})

test('of the keys remembered the one completed again last stays', async () => {
  const { clock, asked, store } = rig(2)
  const claims = ['a', 'b', 'a', 'c'].map((id) => {
    return { id, owner: 'owner', fence: 1, attempt: 1, fingerprint: 'payload' }
  })
  for (const claim of claims) {
    await store.settle([{ ...completion(claim), expiresAt: clock.now() + WINDOW }], context())
  }
  await store.claim([ask(clock, 'a')], context())
  expect(asked).toEqual([])
  await store.claim([ask(clock, 'b')], context())
  expect(asked).toEqual(['b'])
})

test('asking for a key that is not remembered displaces none that is', async () => {
  const { clock, asked, store } = rig(2)
  await complete(store, clock, 'a')
  await store.claim([ask(clock, 'x')], context())
  await complete(store, clock, 'b')
  asked.length = 0
  expect(await store.claim([ask(clock, 'a')], context())).toMatchObject([{ kind: 'duplicate' }])
  expect(asked).toEqual([])
})

test('a store that confirms fewer settlements than it was given has completed nothing', async () => {
  const mute: RecordStore = { claim: async () => [], settle: async () => [] }
  const claim = { id: 'a', owner: 'owner', fence: 1, attempt: 1, fingerprint: undefined }
  expect(await cachedStore(mute).settle([completion(claim)], context())).toEqual([])
})
