import { describe, expect, it } from 'vitest'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import type {
  ClaimOutcome,
  ClaimRequest,
  RecordStore,
  Settlement,
  SettleOutcome,
} from '../../src/store/contract.ts'
import { type MemoryStore, manualClock, memoryStore, storeContract } from '../../src/testing/index.ts'

/** A store with one defect, and a check that must find it. */
interface Defect {
  readonly what: string
  readonly found: RegExp
  readonly claim?: (store: MemoryStore, request: ClaimRequest) => ClaimRequest
  readonly granted?: (store: MemoryStore, outcome: ClaimOutcome, request: ClaimRequest) => ClaimOutcome
  readonly settle?: (store: MemoryStore, settlement: Settlement) => Settlement
  readonly settled?: (store: MemoryStore, outcome: SettleOutcome, settlement: Settlement) => SettleOutcome
  readonly marginMs?: number
}

const DEFECTS: readonly Defect[] = [
  { what: 'has no margin', marginMs: 0, found: /live lease, to the last millisecond/ },
  { what: 'waits a millisecond too long', marginMs: 2_001, found: /lease and margin past/ },
  {
    what: 'does not compare payloads',
    claim: (_, asked) => ({ ...asked, fingerprint: undefined }),
    found: /mismatch/,
  },
  {
    what: 'steals a record without a lease',
    claim: patchRecord((record) => (record.leaseUntil === undefined ? { ...record, leaseUntil: 0 } : record)),
    found: /without leaseUntil is held until its window/,
  },
  {
    what: 'overwrites what it does not know',
    claim: patchRecord((record) => ({ ...record, schemaVersion: 1 })),
    found: /unknown version or status/,
  },
  {
    what: 'never lets a poisoned record go',
    claim: (_, asked) => ({ ...asked, sentAt: undefined }),
    found: /unless sent again/,
  },
  {
    what: 'does not recognise its own claim',
    granted: (_, outcome) =>
      outcome.kind === 'claimed' && outcome.ownWrite
        ? { kind: 'busy', leaseUntil: 0, reason: 'lease' }
        : outcome,
    found: /owner is mine and IN_PROGRESS/,
  },
  {
    what: 'counts no attempts',
    granted: (_, outcome) => (outcome.kind === 'claimed' ? { ...outcome, attempt: 1 } : outcome),
    found: /attempts/,
  },
  {
    what: 'grants before it has written',
    granted(store, outcome, asked) {
      if (outcome.kind === 'claimed' && outcome.origin === 'fresh') store.delete(asked.id)
      return outcome
    },
    found: /no record/,
  },
  {
    what: 'settles whoever asks',
    settle(store, settlement) {
      const { owner = '', fence = 0 } = store.get(settlement.claim.id) ?? {}
      return { ...settlement, claim: { ...settlement.claim, owner, fence } }
    },
    found: /lost its lease changes nothing/,
  },
  {
    what: 'does not look at the fence',
    settle(store, settlement) {
      const { fence = 0 } = store.get(settlement.claim.id) ?? {}
      return { ...settlement, claim: { ...settlement.claim, fence } }
    },
    found: /anything else not mine/,
  },
  {
    what: 'completes over another completion',
    settle(store, settlement) {
      const found = store.get(settlement.claim.id)
      const { owner = '', fence = 0 } = found ?? {}
      if (found?.status !== 'COMPLETED' || settlement.kind !== 'complete') return settlement
      store.put({ ...found, status: 'IN_PROGRESS' })
      return { ...settlement, claim: { ...settlement.claim, owner, fence } }
    },
    found: /COMPLETED by another/,
  },
  {
    what: 'hides duplicate effects',
    settled: (_, outcome) =>
      outcome.kind === 'completed' ? { ...outcome, duplicateEffect: false } : outcome,
    found: /COMPLETED by another/,
  },
  {
    what: 'takes a lost lease for success',
    settled: (_, outcome) =>
      outcome.kind === 'lease-lost' ? { kind: 'completed', duplicateEffect: false } : outcome,
    found: /lease lost/,
  },
  {
    what: 'forgets results',
    settle: (_, settlement) =>
      settlement.kind === 'complete' ? { ...settlement, result: undefined } : settlement,
    found: /the result is stored/,
  },
]

describe('the contract finds a store that', () => {
  it.each(DEFECTS)('$what', async (defect) => {
    const failed: string[] = []
    for (const check of storeContract(() => broken(defect))) {
      await check.run().catch(() => failed.push(check.name))
    }
    expect(failed.join('\n')).toMatch(defect.found)
  })
})

function broken(defect: Defect) {
  const clock = manualClock()
  const inner = memoryStore({ runtime: clock })
  const { claim = same, granted = same, settle = same, settled = same } = defect
  const store: RecordStore = {
    async claim(requests, context) {
      const outcomes: ClaimOutcome[] = []
      for (const request of requests) {
        const asked = claim(inner, request)
        const { marginMs = context.marginMs } = defect
        const [outcome = none()] = await inner.claim([asked], { ...context, marginMs })
        outcomes.push(granted(inner, outcome, asked))
      }
      return outcomes
    },
    async settle(settlements, context) {
      const outcomes: SettleOutcome[] = []
      for (const settlement of settlements) {
        const asked = settle(inner, settlement)
        const [outcome = none()] = await inner.settle([asked], context)
        outcomes.push(settled(inner, outcome, asked))
      }
      return outcomes
    },
  }
  return { store, clock, get: inner.get, put: inner.put }
}

function same<Value>(_: MemoryStore, value: Value): Value {
  return value
}

/** Lets the store see another record than the one that is there. */
function patchRecord(change: (record: IdempotencyRecord) => IdempotencyRecord) {
  return (store: MemoryStore, asked: ClaimRequest): ClaimRequest => {
    const record = store.get(asked.id)
    if (record !== undefined) store.put(change(record))
    return asked
  }
}

function none(): never {
  throw new Error('one for each')
}
