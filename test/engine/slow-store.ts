import type { CallContext, RecordStore } from '../../src/store/contract.ts'
import { type MemoryStore, memoryStore } from '../../src/store/memory/memory-store.ts'
import type { ManualClock } from '../../src/testing/manual-clock.ts'

/** What one call of a store stands for: so many requests of this many records, this many of them at once. */
const PER_REQUEST = 25
const AT_ONCE = 4

export interface SlowStore extends MemoryStore {
  /** Requests that the calls stood for, of each kind. */
  readonly requests: { claim: number; settle: number }
}

/** Records in memory behind a network: every request takes its time, a call as long as its requests. */
export function slowStore(clock: ManualClock, roundTripMs: number): SlowStore {
  const memory = memoryStore({ runtime: clock })
  const requests = { claim: 0, settle: 0 }
  const wait = (records: number): Promise<void> => {
    const rounds = Math.ceil(Math.ceil(records / PER_REQUEST) / AT_ONCE)
    return new Promise((resolve) => void clock.after(rounds * roundTripMs, resolve))
  }
  return {
    ...memory,
    requests,
    async claim(asked, context) {
      requests.claim += Math.ceil(asked.length / PER_REQUEST)
      await wait(asked.length)
      return memory.claim(asked, context)
    },
    async settle(settlements, context) {
      requests.settle += Math.ceil(settlements.length / PER_REQUEST)
      await wait(settlements.length)
      return memory.settle(settlements, context)
    },
  }
}

/** A store whose calls do what `before` says first: throw, wait, or nothing. */
export function meddling(
  store: RecordStore,
  before: (call: 'claim' | 'settle', context: CallContext) => unknown,
): RecordStore {
  return {
    async claim(requests, context) {
      await before('claim', context)
      return store.claim(requests, context)
    },
    async settle(settlements, context) {
      await before('settle', context)
      return store.settle(settlements, context)
    },
  }
}
