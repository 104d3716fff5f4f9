import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import type { RecordStore, SettleOutcome } from '../../src/store/contract.ts'
import {
  type MemoryStore,
  manualClock,
  memoryStore,
  type StoreUnderTest,
  storeContract,
} from '../../src/testing/index.ts'
import { brokenStore } from './broken-store.ts'
import { DEFECTS, OUTSIDE_THE_MODEL } from './defects.ts'

/** Rules that were found broken in at least one store. */
const found = new Set<string>()

/** The rules that this store breaks. */
async function broken(make: () => StoreUnderTest): Promise<string[]> {
  const names: string[] = []
  for (const { name, run } of storeContract(make)) await run().catch(() => names.push(name))
  for (const name of names) found.add(name)
  return names
}

describe('the contract finds a store that', () => {
  test.each([...DEFECTS, ...OUTSIDE_THE_MODEL])('$what', async (defect) => {
    const made = await brokenStore(defect)
    const names = await broken(() => {
      const clock = manualClock()
      const store = made({ runtime: clock })
      return { store, clock, get: store.get, put: store.put }
    })
    expect(names).not.toEqual([])
  })

  test.each(WHOLE_STORES())('%s', async (_, wrong) => {
    const names = await broken(() => {
      const clock = manualClock()
      const inner = memoryStore({ runtime: clock })
      return { store: wrong(inner), clock, get: inner.get, put: inner.put }
    })
    expect(names).not.toEqual([])
  })
})

test('a record with an attribute more or less than its write leaves is not taken for the same', async () => {
  const names = await broken(() => {
    const clock = manualClock()
    const store = memoryStore({ runtime: clock })
    const get = (id: string) => {
      const record = store.get(id)
      return record && { ...record, attempts: record.attempts, more: 1 }
    }
    return { store, clock, get, put: store.put }
  })
  expect(names.length).toBeGreaterThan(20)
})

// Whoever adds a rule adds a store that breaks it.
afterAll(() => {
  const all = storeContract(() => expect.unreachable()).map(({ name }) => name)
  expect(all.filter((name) => !found.has(name))).toEqual([])
})

/** Stores that are wrong as a whole: in the order of answers, in what they do with many, or between owners. */
function WHOLE_STORES(): [string, (inner: MemoryStore) => RecordStore][] {
  return [
    [
      'answers many in another order',
      (inner) => ({
        claim: async (requests, context) => (await inner.claim(requests, context)).toReversed(),
        settle: async (settlements, context) => (await inner.settle(settlements, context)).toReversed(),
      }),
    ],
    [
      'forgets the last answer of many',
      (inner) => ({
        claim: async (requests, context) => inner.claim(requests.slice(0, 20), context),
        settle: async (settlements, context) => inner.settle(settlements.slice(0, 20), context),
      }),
    ],
    [
      'leaves the lease when it settles many',
      (inner) => ({
        claim: inner.claim,
        async settle(settlements, context) {
          const before = settlements.map(({ claim }) => inner.get(claim.id))
          const outcomes = await inner.settle(settlements, context)
          for (const record of before) if (settlements.length > 2 && record) restoreLease(inner, record)
          return outcomes
        },
      }),
    ],
    [
      'keeps a former result when it claims many',
      (inner) => ({
        settle: inner.settle,
        async claim(requests, context) {
          const before = requests.map(({ id }) => inner.get(id))
          const outcomes = await inner.claim(requests, context)
          for (const record of before) {
            if (requests.length <= 2 || record?.result === undefined) continue
            inner.put({ ...(inner.get(record.id) ?? record), result: record.result })
          }
          return outcomes
        },
      }),
    ],
    [
      'gives many up without saying when',
      (inner) => ({
        settle: inner.settle,
        async claim(requests, context) {
          const outcomes = await inner.claim(requests, context)
          for (const { id, owner } of requests) {
            const { poisonedAt: _, ...record } = inner.get(id) ?? { id: undefined }
            if (requests.length > 2 && record.id && record.owner === owner) inner.put(record)
          }
          return outcomes
        },
      }),
    ],
    [
      'claims by what it read a turn ago',
      (inner) => ({
        settle: inner.settle,
        async claim(requests, context) {
          const seen = requests.map(({ id }) => [id, inner.get(id)] as const)
          await turn()
          for (const [id, record] of seen) record ? inner.put(record) : inner.delete(id)
          return inner.claim(requests, context)
        },
      }),
    ],
    [
      'settles by what it read a turn ago',
      (inner) => ({
        claim: inner.claim,
        async settle(settlements, context) {
          const seen = settlements.map(({ claim: { id } }) => [id, inner.get(id)] as const)
          await turn()
          for (const [id, record] of seen) record ? inner.put(record) : inner.delete(id)
          return inner.settle(settlements, context)
        },
      }),
    ],
    [
      'mixes up the answers of calls that come at once',
      (inner) => {
        let waiting: PromiseWithResolvers<SettleOutcome>[] = []
        return {
          claim: inner.claim,
          async settle(settlements, context) {
            const mine = settlements.map(() => Promise.withResolvers<SettleOutcome>())
            waiting.push(...mine)
            const outcomes = inner.settle(settlements, context)
            await turn()
            const answers = waiting.length > mine.length ? waiting.toReversed() : mine
            for (const [index, outcome] of (await outcomes).entries()) answers[index]?.resolve(outcome)
            waiting = waiting.filter((one) => !answers.includes(one))
            for (const one of mine) one.resolve({ kind: 'released' })
            return Promise.all(mine.map(({ promise }) => promise))
          },
        }
      },
    ],
    [
      'upserts: what is gone is made again by any settlement',
      (inner) => ({
        claim: inner.claim,
        async settle(settlements, context) {
          for (const { kind, claim, expiresAt } of settlements) {
            const { id, owner, fence, attempt: attempts, fingerprint } = claim
            if (kind === 'complete' || inner.get(id)) continue
            const rest = { schemaVersion: 1, status: 'IN_PROGRESS', ttl: 1, leaseUntil: 1 }
            inner.put({ id, owner, fence, attempts, fingerprint, expiresAt, ...rest })
          }
          return inner.settle(settlements, context)
        },
      }),
    ],
  ]
}

function restoreLease(inner: MemoryStore, { id, leaseUntil }: IdempotencyRecord): void {
  const record = inner.get(id)
  if (record !== undefined) inner.put({ ...record, leaseUntil })
}
