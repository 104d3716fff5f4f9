import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'

/** Extensions per lease: one that fails leaves time for another. */
const EXTENSIONS_PER_LEASE = 3

/**
 * Extends the leases of a batch whose end nobody knows (no Lambda context), until it is answered. A lease that turns
 * out to be lost aborts the signal of its message.
 *
 * @returns what stops it; resolves when no extension is under way any more, at most as much later as one may take
 */
export function keepLeases(batch: Batch, leaseMs: number): () => Promise<void> {
  const { settings, store } = batch
  const { runtime, ttlMs } = settings
  const everyMs = leaseMs / EXTENSIONS_PER_LEASE
  let underWay: Promise<void> | undefined
  let cancel: () => void
  schedule()

  return async () => {
    cancel()
    // A store that does not keep its deadline must not keep the answer either.
    const late = new Promise<void>((resolve) => {
      cancel = runtime.after(everyMs, resolve)
    })
    await Promise.race([underWay, late])
    cancel()
  }

  function schedule(): void {
    cancel = runtime.after(everyMs, () => {
      underWay = extendAll()
    })
  }

  async function extendAll(): Promise<void> {
    // Without an answer nothing is known; the next extension asks again.
    await Promise.allSettled(batch.runnable.map(extend))
    if (!batch.answered) schedule()
  }

  async function extend(entry: Entry): Promise<void> {
    const { claim, outcome } = entry
    if (!claim || outcome) return
    const asked = runtime.monotonic()
    const now = runtime.now()
    const leaseUntil = Math.ceil(now + leaseMs)
    const [answer] = await store.settle([{ kind: 'extend', claim, leaseUntil, expiresAt: now + ttlMs }], {
      ...batch.settling,
      deadline: asked + everyMs,
    })
    if (answer?.kind === 'extended') entry.leaseEndsAt = asked + leaseMs
    // A message that completed meanwhile is no longer in progress either; its outcome tells the two apart.
    if (answer?.kind === 'lease-lost' && !entry.outcome) {
      // For one that waits for its turn: it must not start.
      entry.leaseEndsAt = 0
      entry.controller?.abort()
    }
  }
}
