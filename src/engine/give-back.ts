import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'

/**
 * Gives back claims whose handlers were never started, in one call of the store: left leased, they would hold up their
 * own redelivery, and count an attempt that never was. Others among them stay leased: their handlers may still run.
 * Whether it lands or not, the outcome stays.
 */
export function giveBack(batch: Batch, entries: readonly Entry[]): void {
  const { settings, store } = batch
  const expiresAt = settings.runtime.now() + settings.ttlMs
  const given = entries.filter((entry) => entry.soFar === 'not-started' && batch.held.delete(entry))
  const settlements = given.flatMap(({ claim }) =>
    claim ? [{ kind: 'give-back' as const, claim, expiresAt }] : [],
  )
  // After the answer nothing of ours may be under way where the sandbox freezes.
  if (settlements.length === 0 || (batch.answered && settings.hardKill)) return
  for (const entry of given) batch.notice('given-back', entry)
  batch.track(store.settle(settlements, batch.settling()).catch(() => []))
}
