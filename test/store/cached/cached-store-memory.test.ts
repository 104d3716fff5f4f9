import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { cachedStore, dynamoStore } from '../../../src/index.ts'
import type { ClaimOutcome, RecordStore } from '../../../src/store/contract.ts'
import { memoryStore } from '../../../src/testing/index.ts'
import { completion, context, heldBy, releasing, request, requests, stuck, token } from '../asks.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void // There by the flag above.

const KEYS = 20_000
const DELIVERED = { redelivered: true, fingerprint: undefined }

/** A server on which every key is completed, with attributes that only operators look at. */
const client = {
  async send(command: {
    readonly input: { readonly RequestItems?: Record<string, { Keys: { id: object }[] }> }
  }) {
    const { records } = command.input.RequestItems ?? {}
    return {
      Responses: {
        records: (records?.Keys ?? []).map(({ id }) => ({
          id,
          schemaVersion: { N: '1' },
          status: { S: 'COMPLETED' },
          owner: { S: token() },
          fence: { N: '1800000000001' },
          attempts: { N: '1' },
          expiresAt: { N: '4102444800000' },
          fingerprint: { S: token() + token() },
          note: { S: 'x'.repeat(2_000) },
        })),
      },
    }
  },
}

test('a key that is remembered from a duplicate costs about what is documented, not what came with it', async () => {
  const store = cachedStore(dynamoStore({ table: 'records', client }), { most: 1_000_000 })
  // Whatever the first calls compile and keep.
  await store.claim(requests(100, DELIVERED), context())
  gc()
  const before = process.memoryUsage().heapUsed
  for (let count = 0; count < KEYS; count += 100) {
    const outcomes = await store.claim(requests(100, DELIVERED), context())
    expect(outcomes.every(({ kind }) => kind === 'duplicate')).toBe(true)
  }
  gc()
  expect((process.memoryUsage().heapUsed - before) / KEYS).toBeLessThan(700)
})

test('nothing but completions gets in: no give-back, no release, nothing poisoned', async () => {
  const asked: string[] = []
  const inner = memoryStore()
  const counting: RecordStore = {
    claim(all, call) {
      asked.push(...all.map(({ id }) => id))
      return inner.claim(all, call)
    },
    settle: (all, call) => inner.settle(all, call),
  }
  const store = cachedStore(counting)
  const ids = ['given-back', 'released', 'poisoned', 'exhausted']
  const claim = async (id: string): Promise<ClaimOutcome | undefined> =>
    (await store.claim([request({ id })], { ...context(), maxAttempts: 1 }))[0]
  inner.put(stuck({ id: 'exhausted' }))
  for (const id of ids.slice(0, 3)) {
    const one = request({ id })
    const [outcome] = await store.claim([one], context())
    const held = heldBy(one, outcome)
    const expiresAt = one.expiresAt
    if (id === 'given-back') await store.settle([{ kind: 'give-back', claim: held, expiresAt }], context())
    else await store.settle([releasing(held, id === 'poisoned' ? 'POISONED' : 'FAILED')], context())
  }
  asked.length = 0
  const kinds: unknown[] = []
  for (const id of ids) kinds.push((await claim(id))?.kind)
  kinds.push((await claim('exhausted'))?.kind)
  expect(kinds).toEqual(['claimed', 'claimed', 'poisoned', 'poisoned', 'poisoned'])
  expect(asked).toEqual([...ids, 'exhausted'])
})

test('its time is that of the store behind, and a key is forgotten by it', async () => {
  const clock = { now: 1_800_000_000_000 }
  const inner = memoryStore({ runtime: { now: () => clock.now } })
  const store = cachedStore({ claim: inner.claim, settle: inner.settle, now: () => clock.now })
  expect(store.now?.()).toBe(clock.now)
  expect(cachedStore({ claim: inner.claim, settle: inner.settle }).now).toBeUndefined()
  const one = request({ id: 'a', leaseUntil: clock.now + 1_000, expiresAt: clock.now + 60_000 })
  const [outcome] = await store.claim([one], context())
  await store.settle([{ ...completion(heldBy(one, outcome)), expiresAt: clock.now + 60_000 }], context())
  const again = async () => (await store.claim([{ ...one, owner: token() }], context()))[0]?.kind
  expect(await again()).toBe('duplicate')
  clock.now += 120_000
  expect(await again()).toBe('claimed')
})
