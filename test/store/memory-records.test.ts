import { expect, test } from 'vitest'
import { memoryStore } from '../../src/testing/index.ts'
import { completion, context, extending, heldBy, holderOf, releasing, request, stuck } from './asks.ts'

test('what was lost is told apart: a record that is gone, and one that is another’s', async () => {
  const store = memoryStore()
  const asked = request()
  const [outcome] = await store.claim([asked], context())
  const claim = heldBy(asked, outcome)
  const stranger = { ...claim, owner: 'stranger' }
  expect(await store.settle([completion(stranger), releasing(stranger)], context())).toEqual([
    { kind: 'lease-lost', detail: `the record is IN_PROGRESS under fence ${claim.fence}` },
    { kind: 'lease-lost', detail: `the record is IN_PROGRESS under fence ${claim.fence}` },
  ])
  store.delete(asked.id)
  expect(await store.settle([releasing(claim), extending(claim)], context())).toEqual([
    { kind: 'lease-lost', detail: 'the record is gone' },
    { kind: 'lease-lost', detail: 'the record is gone' },
  ])
})

test('a release asked again is known by owner, fence and state; under another fence it is not', async () => {
  const store = memoryStore()
  const record = stuck({ status: 'FAILED', leaseUntil: undefined })
  store.put(record)
  const claim = holderOf(record)
  const asked = [
    releasing(claim),
    releasing({ ...claim, fence: claim.fence - 1 }),
    releasing(claim, 'POISONED'),
  ]
  const kinds = (await store.settle(asked, context())).map(({ kind }) => kind)
  expect(kinds).toEqual(['released', 'lease-lost', 'lease-lost'])
})

test('a claim without fingerprint and message keeps what the record has', async () => {
  const store = memoryStore()
  const record = stuck({ status: 'FAILED', messageId: 'first', receiveCount: 4, result: '"former"' })
  store.put(record)
  const { id } = record
  await store.claim([request({ id, fingerprint: undefined, messageId: undefined })], context())
  expect(store.get(id)).toMatchObject({ fingerprint: 'payload', messageId: 'first', receiveCount: 4 })
  expect(store.get(id)).not.toHaveProperty('result')
})
