import type { Settlement, SettleOutcome } from '../store/contract.ts'
import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'
import { remainingOf } from './invocation.ts'

/** Extensions per lease: one that fails leaves time for another. */
const EXTENSIONS_PER_LEASE = 3

/** Stops extending. Resolves when no extension is under way any more, at most as much later as one may take. */
export type StopExtending = () => Promise<void>

/**
 * Extends the leases of a batch whose end nobody knows (no Lambda context), until it is answered. A lease that turns
 * out to be lost aborts the signal of its message.
 */
export function keepLeases(batch: Batch): StopExtending {
  const { settings, invocation } = batch
  const { runtime, leaseGraceMs } = settings
  const leaseMs = remainingOf(invocation, runtime) + leaseGraceMs
  let underWay: Promise<unknown> | undefined
  let stopped = false
  let cancel = schedule()

  function schedule(): () => void {
    return runtime.after(leaseMs / EXTENSIONS_PER_LEASE, () => {
      const held = batch.runnable.filter((entry) => entry.outcome === undefined && entry.claim !== undefined)
      underWay = Promise.all(held.map((entry) => extend(batch, entry, leaseMs))).then(() => {
        underWay = undefined
        if (!stopped) cancel = schedule()
      })
    })
  }

  return async () => {
    stopped = true
    cancel()
    if (underWay === undefined) return
    // A store that does not keep its deadline must not keep the answer either.
    const late = new Promise<void>((resolve) => {
      cancel = runtime.after(leaseMs / EXTENSIONS_PER_LEASE, resolve)
    })
    await Promise.race([underWay, late])
    cancel()
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
