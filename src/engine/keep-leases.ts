import type { Batch } from './batch.ts'
import { extendLeases } from './extend-leases.ts'
import { at, OPEN_LEASE_MS } from './invocation.ts'

/** Extensions per lease: one that fails leaves time for another. */
const EXTENSIONS_PER_LEASE = 3

/** How long a run may hold its key where nobody knows when it should have ended: as long as SQS hides a message. */
const LONGEST_OPEN_RUN_MS = 43_200_000

/**
 * Extends the leases of what runs where no kill ends it: on Managed Instances from the reserve on, past the deadline and
 * the answer too; without a Lambda context from the start, until the answer. At most for twice the invocation's time: a
 * handler that hangs must not hold its key for days. A lease that turns out to be lost aborts the signal of its message.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html
 */
export function keepLeases(batch: Batch): void {
  const { settings, invocation } = batch
  const { runtime, hardKill, leaseGraceMs } = settings
  const open = invocation.endsAt === Infinity
  if (batch.stopExtending || (hardKill && !open)) return
  const leaseMs = OPEN_LEASE_MS + leaseGraceMs
  const everyMs = leaseMs / EXTENSIONS_PER_LEASE
  const { startedAt, endsAt, stopAt } = invocation
  const until = open ? startedAt + LONGEST_OPEN_RUN_MS : startedAt + 2 * (endsAt - startedAt)
  let underWay: Promise<void> | undefined
  let cancel = at(runtime, open ? runtime.monotonic() + everyMs : stopAt, begin)

  batch.stopExtending = async () => {
    // What runs on, in a process that goes on, keeps its lease.
    if (!open && batch.held.size > 0) return
    cancel()
    // A store that does not keep its deadline must not keep the answer either.
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const enough = runtime.after(everyMs, resolve)
    await Promise.race([underWay, late])
    enough()
  }

  function begin(): void {
    underWay = extendAll()
  }

  async function extendAll(): Promise<void> {
    // Without a context nothing is known of what comes after the answer: the process may be frozen.
    if (batch.answered && (open || batch.held.size === 0)) return
    if (runtime.monotonic() >= until) {
      for (const entry of batch.held) batch.notice('left-running', entry)
      batch.held.clear()
      return
    }
    const deadline = runtime.monotonic() + everyMs
    // Without an answer nothing is known; the next extension asks again.
    if (batch.held.size > 0)
      await extendLeases(batch, [...batch.held], leaseMs, { ...batch.settling(), deadline })
    if (!batch.answered || (!open && batch.held.size > 0)) cancel = runtime.after(everyMs, begin)
  }
}
