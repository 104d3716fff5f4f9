import { ConfigError } from '../../errors/config-error.ts'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { MetRecord } from '../../protocol/record.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { systemRuntime } from '../../runtime/system.ts'
import type { ClaimOutcome, ClaimRequest, RecordStore, Settlement } from '../contract.ts'
import { CompletedKeys } from './completed-keys.ts'

/** Options of {@link cachedStore}. */
export interface CachedStoreOptions {
  /**
   * Keys remembered, 1 to 1,000,000; the least recently used goes first. About 400 bytes each.
   * @default 1000
   */
  readonly most?: number | undefined
  /**
   * Clocks, for tests. A store that has a time of its own is gone by instead.
   * @default the process's own
   */
  readonly runtime?: Runtime | undefined
}

/**
 * A store that answers for completed keys from this process's memory: a hot duplicate costs no request. Only
 * completions without a stored result are remembered, never claims in progress, and each until the margin before its
 * window ends; so the answer is the one that the store behind would give. One exception is yours to know: a completed
 * record that an operator deletes stays completed here until the process ends or forgets it.
 *
 * @throws ConfigError when `most` is not a whole number from 1 to 1,000,000
 */
export function cachedStore(store: RecordStore, options: CachedStoreOptions = {}): RecordStore {
  const { most = 1_000, runtime = systemRuntime } = options
  if (!Number.isInteger(most) || most < 1 || most > 1_000_000) {
    throw new ConfigError(
      `Option "most" of cachedStore is ${most}. Allowed: a whole number from 1 to 1,000,000.`,
    )
  }
  const completed = new CompletedKeys(most)
  const now = () => store.now?.() ?? runtime.now()

  function known(request: ClaimRequest, marginMs: number): ClaimOutcome | undefined {
    const record = completed.get(request.id)
    if (record === undefined) return undefined
    if (record.expiresAt - marginMs <= now()) {
      completed.delete(request.id)
      return undefined
    }
    // Another payload is the store's to judge.
    return record.fingerprint === request.fingerprint ? { kind: 'duplicate', record } : undefined
  }

  return {
    ...(store.now && { now }),

    async claim(requests, context) {
      const remembered = requests.map((request) => known(request, context.marginMs))
      const unknown = requests.filter((_request, index) => remembered[index] === undefined)
      const answers = unknown.length === 0 ? [] : await store.claim(unknown, context)
      let next = 0
      return remembered.map((outcome, index) => {
        if (outcome !== undefined) return outcome
        const id = requests[index]?.id ?? ''
        const answer = answers[next++] ?? { kind: 'unavailable', error: undefined }
        if (answer.kind === 'duplicate' && answer.record.result === undefined) {
          completed.add(id, answer.record)
        }
        return answer
      })
    },

    async settle(settlements, context) {
      const outcomes = await store.settle(settlements, context)
      for (const [index, settlement] of settlements.entries()) {
        const outcome = outcomes[index]
        if (outcome?.kind !== 'completed' || outcome.duplicateEffect) continue
        const record = recordOf(settlement)
        if (record !== undefined) completed.add(record.id, record)
      }
      return outcomes
    },
  }
}

/** The record that a completion has written; `undefined` for one with a result, which is not kept in memory. */
function recordOf(settlement: Settlement): MetRecord | undefined {
  if (settlement.kind !== 'complete' || settlement.result !== undefined) return undefined
  const { claim, expiresAt } = settlement
  return {
    id: claim.id,
    schemaVersion: SCHEMA_VERSION,
    status: 'COMPLETED',
    owner: claim.owner,
    fence: claim.fence,
    attempts: claim.attempt,
    expiresAt,
    fingerprint: claim.fingerprint,
  }
}
