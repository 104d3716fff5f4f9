import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { systemRuntime } from '../../runtime/system.ts'
import type { RecordStore } from '../contract.ts'
import { claimRecord } from './claim.ts'
import { settleRecord } from './settle.ts'

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * Where the store takes its wall clock from, for example a `manualClock`.
   * @default the process's own
   */
  readonly runtime?: Pick<Runtime, 'now'> | undefined
}

/** A store in this process's memory, and what a test wants to see and change in it. */
export interface MemoryStore extends RecordStore {
  /** Every record as it is now, in the order of its first claim. A copy: changing it changes nothing. */
  records(): IdempotencyRecord[]
  /** The record with this id (`<namespace>#<hash>`) as it is now. */
  get(id: string): IdempotencyRecord | undefined
  /** Writes a record as it is, past every rule: to set a scene. */
  put(record: IdempotencyRecord): void
  /** Removes a record, as time to live or an operator does. Returns whether it was there. */
  delete(id: string): boolean
}

/**
 * Records in memory under the same contract and the same decisions as the DynamoDB store, for tests. Each record is
 * checked and written in one step, so concurrent claims are safe within this process; nothing outlives it.
 *
 * @example const handler = sqsHandler({ store: memoryStore(), namespace: 'test' }, fn)
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { runtime = systemRuntime } = options
  const records = new Map<string, IdempotencyRecord>()
  return {
    // Without an await inside: all of a call happens in one step.
    async claim(requests, context) {
      return requests.map((request) => claimRecord(records, request, runtime.now(), context))
    },
    async settle(settlements) {
      return settlements.map((settlement) => settleRecord(records, settlement))
    },
    records: () => Array.from(records.values(), (record) => ({ ...record })),
    get(id) {
      const record = records.get(id)
      return record === undefined ? undefined : { ...record }
    },
    put(record) {
      records.set(record.id, { ...record })
    },
    delete: (id) => records.delete(id),
  }
}
