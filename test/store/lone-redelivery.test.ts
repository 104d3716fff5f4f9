import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { memoryStore } from '../../src/testing/index.ts'
import { context, request, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { type TappedClient, tappedClient } from './tapped-client.ts'

let local: LocalTable
let client: TappedClient
let store: RecordStore

beforeAll(async () => {
  local = await startLocalTable()
  client = tappedClient(local.client)
  store = dynamoStore({ table: local.table, client })
  // Its answer tells the server's time: from now on a redelivery that comes alone is one conditional write.
  await store.claim([request()], context())
})
afterAll(() => local.stop())
beforeEach(() => client.reset())

const past = (): number => Date.now() - 10_000

describe('a redelivery that comes alone to a store that knows the time', () => {
  it.each([
    ['stuck: taken over', 'takeover', () => stuck({ attempts: 2 }), 3],
    [
      'failed: claimed again',
      'retry',
      () => stuck({ status: 'FAILED', attempts: 2, leaseUntil: undefined }),
      3,
    ],
  ])('%s, in one request', async (_name, origin, record, attempt) => {
    const { outcome, fence } = await redeliver(record())
    expect(outcome).toEqual({ kind: 'claimed', origin, fence: fence + 1, attempt, ownWrite: false })
    expect(client.operations()).toEqual(['UpdateItem'])
  })

  it.each([
    ['completed, its window over', 'expired', () => stuck({ status: 'COMPLETED', expiresAt: past() })],
    ['failed, its window over', 'expired', () => stuck({ status: 'FAILED', expiresAt: past() })],
    ['given up, its window over', 'expired', () => stuck({ status: 'POISONED', expiresAt: past() })],
    [
      'given up, sent again since',
      'resent',
      () => stuck({ status: 'POISONED', poisonedAt: Date.now() - 60_000 }),
    ],
  ])('%s: a new window, in one request more', async (_name, origin, record) => {
    const { outcome, fence } = await redeliver(record())
    expect(outcome).toEqual({ kind: 'claimed', origin, fence: fence + 1, attempt: 1, ownWrite: false })
    expect(client.operations()).toEqual(['UpdateItem', 'UpdateItem'])
  })

  it('absent: a first claim', async () => {
    const before = Date.now()
    const [outcome] = await store.claim([request({ redelivered: true })], context())
    expect(outcome).toEqual({
      kind: 'claimed',
      origin: 'fresh',
      fence: expect.any(Number),
      attempt: 1,
      ownWrite: false,
    })
    const fence = outcome?.kind === 'claimed' ? outcome.fence : 0
    expect(fence).toBeGreaterThanOrEqual(before)
    expect(client.operations()).toEqual(['UpdateItem'])
  })
})

describe('an own claim whose answer was lost', () => {
  it.each([
    ['the first', 1, 'fresh'],
    ['a later one', 2, 'takeover'],
  ])('%s is found by its owner', async (_name, attempts, origin) => {
    const record = stuck({ attempts })
    const expected = [{ kind: 'claimed', origin, fence: record.fence, attempt: attempts, ownWrite: true }]
    const asked = request({ id: record.id, owner: record.owner })
    const memory = memoryStore()
    memory.put(record)
    expect(await memory.claim([asked], context())).toEqual(expected)
    await local.put(record)
    expect(await store.claim([asked], context())).toEqual(expected)
  })
})

async function redeliver(record: IdempotencyRecord) {
  await local.put(record)
  const [outcome] = await store.claim([request({ id: record.id, redelivered: true })], context())
  return { outcome, fence: record.fence }
}
