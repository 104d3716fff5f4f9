import { expect, test } from 'vitest'
import type { MetRecord } from '../../src/protocol/record.ts'
import { manualClock, memoryStore } from '../../src/testing/index.ts'
import { completion, context, heldBy, request, stuck } from './asks.ts'

test('shows its records as copies, in the order of their first claim', async () => {
  const store = memoryStore()
  const asked = [request(), request()]
  await store.claim(asked, context())
  const records = store.records()
  expect(records.map(({ id, status }) => [id, status])).toEqual(asked.map(({ id }) => [id, 'IN_PROGRESS']))
  vandalise(records[0])
  vandalise(store.get(asked[0]?.id ?? ''))
  expect(store.get(asked[0]?.id ?? '')?.status).toBe('IN_PROGRESS')
  expect(store.get('test#nothing')).toBeUndefined()
})

test('takes a record as it is, and removes one', async () => {
  const store = memoryStore()
  const record = stuck({ status: 'COMPLETED' })
  store.put(record)
  vandalise(record)
  const [outcome] = await store.claim([request({ id: record.id })], context())
  expect(outcome?.kind).toBe('duplicate')
  if (outcome?.kind === 'duplicate') vandalise(outcome.record)
  expect(store.get(record.id)?.status).toBe('COMPLETED')
  expect([store.delete(record.id), store.delete(record.id)]).toEqual([true, false])
  expect(await store.claim([request({ id: record.id })], context())).toMatchObject([{ origin: 'fresh' }])
})

test('goes by the clock it is given: a lease is over when the test says so', async () => {
  const clock = manualClock()
  const store = memoryStore({ runtime: clock })
  const asked = request({ leaseUntil: clock.now() + 30_000, expiresAt: clock.now() + 600_000 })
  const [first] = await store.claim([asked], context())
  const again = request({ id: asked.id, leaseUntil: clock.now() + 90_000, expiresAt: clock.now() + 900_000 })
  await clock.advance(32_000)
  expect(await store.claim([again], context())).toMatchObject([{ kind: 'busy' }])
  await clock.advance(1)
  expect(await store.claim([again], context())).toMatchObject([{ kind: 'claimed', origin: 'takeover' }])
  expect(await store.settle([completion(heldBy(asked, first))], context())).toMatchObject([
    { kind: 'lease-lost' },
  ])
})

/** What a careless test may do to an object that it was given. */
function vandalise(record: MetRecord | undefined): void {
  if (record !== undefined) Object.assign(record, { status: 'VANDALISED' })
}
