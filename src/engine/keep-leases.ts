import type { Settlement, SettleOutcome } from '../store/contract.ts'
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
  const { runtime } = batch.settings
  const { claim } = entry
  if (claim === undefined) return
  const asked = runtime.monotonic()
  const now = runtime.now()
  const leaseUntil = Math.ceil(now + leaseMs)
  const expiresAt = now + batch.settings.ttlMs
  const outcome = await ask(
    batch,
    { kind: 'extend', claim, leaseUntil, expiresAt },
    asked + leaseMs / EXTENSIONS_PER_LEASE,
  )
  if (outcome?.kind === 'extended') entry.leaseEndsAt = asked + leaseMs
  // A message that completed meanwhile is no longer in progress either; its outcome tells the two apart.
  if (outcome?.kind === 'lease-lost' && entry.outcome === undefined) {
    // For one that waits for its turn: it must not start.
    entry.leaseEndsAt = 0
    entry.controller?.abort()
  }
}

/** Without an answer nothing is known; the next extension asks again. */
async function ask(
  batch: Batch,
  extension: Settlement,
  deadline: number,
): Promise<SettleOutcome | undefined> {
  const { marginMs, clockErrorMs } = batch.settings
  try {
    const [outcome] = await batch.store.settle([extension], { deadline, marginMs, clockErrorMs })
    return outcome
  } catch {
    return undefined
  }
}
