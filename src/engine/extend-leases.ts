import type { CallContext } from '../store/contract.ts'
import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'

/**
 * Extends the leases of some claims by `leaseMs` from now, in one call of the store. A lease that turns out to be lost
 * ends at once, and the signal of its message aborts. Without an answer nothing is known, and nothing changes.
 * Never rejects.
 *
 * @returns those that were extended
 */
export async function extendLeases(
  batch: Batch,
  entries: readonly Entry[],
  leaseMs: number,
  context: CallContext,
): Promise<ReadonlySet<Entry>> {
  const { settings, store } = batch
  const { runtime, ttlMs } = settings
  const asked = runtime.monotonic()
  const now = runtime.now()
  const leaseUntil = Math.ceil(now + leaseMs)
  const held = entries.filter(({ claim }) => claim)
  const answers = await store
    .settle(
      held.flatMap(({ claim }) =>
        claim ? [{ kind: 'extend' as const, claim, leaseUntil, expiresAt: now + ttlMs }] : [],
      ),
      context,
    )
    .catch(() => [])
  const extended = new Set<Entry>()
  held.forEach((entry, index) => {
    const answer = answers[index]
    if (answer?.kind === 'extended') {
      entry.leaseEndsAt = asked + leaseMs
      extended.add(entry)
    }
    // A message that was settled meanwhile is no longer in progress either: it is not held any more.
    if (answer?.kind !== 'lease-lost' || !batch.held.has(entry)) return
    // For one that waits for its turn: it must not start.
    entry.leaseEndsAt = 0
    entry.controller?.abort()
  })
  return extended
}
