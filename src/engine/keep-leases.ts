import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'
import { remainingOf } from './invocation.ts'

/** Extensions per lease: one that fails leaves time for another. */
const EXTENSIONS_PER_LEASE = 3

export interface KeptLeases {
  stop(): void
}

/**
 * Extends the leases of a batch whose end nobody knows (no Lambda context), until it is answered. A lease that turns
 * out to be lost aborts the signal of its message.
 */
export function keepLeases(batch: Batch): KeptLeases {
  const { settings, invocation } = batch
  const { runtime, leaseGraceMs } = settings
  const leaseMs = remainingOf(invocation, runtime) + leaseGraceMs
  let stopped = false
  let cancel = schedule()

  function schedule(): () => void {
    return runtime.after(leaseMs / EXTENSIONS_PER_LEASE, () => {
      const held = batch.runnable.filter((entry) => entry.outcome === undefined && entry.claim !== undefined)
      void Promise.all(held.map((entry) => extend(batch, entry, leaseMs))).then(() => {
        if (!stopped) cancel = schedule()
      })
    })
  }

  return {
    stop() {
      stopped = true
      cancel()
    },
  }
}

async function extend(batch: Batch, entry: Entry, leaseMs: number): Promise<void> {
  const { store, settings } = batch
  const { runtime, marginMs, clockErrorMs } = settings
  const { claim } = entry
  if (claim === undefined) return
  const asked = runtime.monotonic()
  const leaseUntil = Math.ceil(runtime.now() + leaseMs)
  const deadline = asked + leaseMs / EXTENSIONS_PER_LEASE
  const [outcome] = await store.settle([{ kind: 'extend', claim, leaseUntil }], {
    deadline,
    marginMs,
    clockErrorMs,
  })
  if (outcome?.kind === 'extended') entry.leaseEndsAt = asked + leaseMs
  // A message that completed meanwhile is no longer in progress either; its outcome tells the two apart.
  if (outcome?.kind === 'lease-lost' && entry.outcome === undefined) entry.controller?.abort()
}
