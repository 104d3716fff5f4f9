import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { memoryStore } from '../../src/testing/index.ts'
import { context, request, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'

let local: LocalTable
beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())

interface Subject {
  readonly store: RecordStore
  put(record: IdempotencyRecord): void | Promise<void>
}

function memory(): Subject {
  const store = memoryStore()
  return { store, put: (record) => store.put(record) }
}

function dynamo(batching: boolean): Subject {
  const store = dynamoStore({ table: local.table, client: local.client, batching })
  return { store, put: (record) => local.put(record) }
}

const NOTHING = { leaseUntil: undefined }

describe.each([
  ['in memory', memory, 1],
  ['in DynamoDB, alone', () => dynamo(true), 1],
  ['in DynamoDB, in a batch', () => dynamo(true), 2],
  ['in DynamoDB, batching off', () => dynamo(false), 2],
])('what a claim finds %s', (_name, make, count) => {
  describe.each([
    ['a first delivery', false],
    ['a redelivery', true],
  ])('%s', (_delivery, redelivered) => {
    /** Puts `count` records and claims each; all answers are alike but for the record. */
    async function claimOver(record: () => IdempotencyRecord, owned = false) {
      const { store, put } = make()
      const records = Array.from({ length: count }, record)
      for (const one of records) await put(one)
      const asked = records.map(({ id, owner }) => request({ id, redelivered, ...(owned ? { owner } : {}) }))
      const outcomes = await store.claim(asked, context())
      return { records, outcomes }
    }

    it('nothing: a first claim', async () => {
      const { store } = make()
      const asked = Array.from({ length: count }, () => request({ redelivered }))
      for (const outcome of await store.claim(asked, context())) {
        expect(outcome).toEqual({
          kind: 'claimed',
          origin: 'fresh',
          fence: expect.any(Number),
          attempt: 1,
          ownWrite: false,
        })
      }
    })

    it('another payload: a mismatch that tells its fingerprint alone', async () => {
      const { outcomes } = await claimOver(() => stuck({ status: 'COMPLETED', fingerprint: 'other' }))
      for (const outcome of outcomes) expect(outcome).toEqual({ kind: 'mismatch', fingerprint: 'other' })
    })

    it('a completion of its own: a duplicate', async () => {
      const { records, outcomes } = await claimOver(() => stuck({ status: 'COMPLETED', ...NOTHING }), true)
      for (const [index, outcome] of outcomes.entries()) {
        expect(outcome).toMatchObject({ kind: 'duplicate', record: { id: records[index]?.id } })
      }
    })

    it('one given up: poisoned, with the record', async () => {
      const { records, outcomes } = await claimOver(() =>
        stuck({ status: 'POISONED', poisonedAt: Date.now(), ...NOTHING }),
      )
      for (const [index, outcome] of outcomes.entries()) {
        expect(outcome).toMatchObject({ kind: 'poisoned', record: { id: records[index]?.id } })
      }
    })

    it('one of another version: unknown, and it says what it is', async () => {
      const { outcomes } = await claimOver(() => stuck({ schemaVersion: 2, status: 'PAUSED' }))
      const detail = 'schemaVersion 2, status "PAUSED"'
      for (const outcome of outcomes) expect(outcome).toEqual({ kind: 'unknown-record', detail })
    })

    it('a live lease: busy until it ends', async () => {
      const leaseUntil = Date.now() + 30_000
      const { outcomes } = await claimOver(() => stuck({ leaseUntil }))
      for (const outcome of outcomes) expect(outcome).toEqual({ kind: 'busy', leaseUntil, reason: 'lease' })
    })

    it('an earlier attempt that failed: claimed again, one attempt and one fence on', async () => {
      const { records, outcomes } = await claimOver(() =>
        stuck({ status: 'FAILED', attempts: 2, ...NOTHING }),
      )
      for (const [index, outcome] of outcomes.entries()) {
        const fence = (records[index]?.fence ?? 0) + 1
        expect(outcome).toEqual({ kind: 'claimed', origin: 'retry', fence, attempt: 3, ownWrite: false })
      }
    })
  })
})
