import type { Message } from '../protocol/message.ts'
import type { Batch } from './batch.ts'
import { type Claim, ClaimHandle } from './claim-handle.ts'
import type { Entry } from './entry.ts'
import { lanesOf } from './lanes.ts'
import { type Handled, settleEntry } from './settle-entry.ts'

/** The user's handler of one message. */
export type Work = (message: Message<never>, claim: Claim) => unknown

/** Effects done and not yet confirmed, at most: beyond it no handler starts, or a crash would repeat too many. */
const SETTLING_AT_ONCE = 100

/**
 * Runs what was claimed and settles it, until all is settled or the reserve begins. From then on nothing starts,
 * signals abort, what has settled is still confirmed, and what still runs is left: reported, leased, not released.
 * Resolves when no request of ours is under way any more. Never rejects.
 */
export function runBatch(batch: Batch, work: Work): Promise<void> {
  const { settings, invocation } = batch
  const { runtime } = settings
  const lanes = lanesOf(batch)
  let settling = 0
  let next = 0
  let active = 0
  let stopped = false
  let cancel: () => void = () => {}

  return new Promise((resolve) => {
    if (Number.isFinite(invocation.stopAt)) {
      cancel = runtime.after(Math.max(0, invocation.stopAt - runtime.monotonic()), () => batch.stop())
    }
    batch.onStop = stop
    pump()

    function pump(): void {
      while (!stopped && active < settings.concurrency && settling < SETTLING_AT_ONCE) {
        const lane = lanes[next]
        if (lane === undefined) break
        next++
        active++
        if (batch.fifo) void runInOrder(lane)
        else void runAlone(lane)
      }
      if (settling === 0 && (stopped || (active === 0 && next === lanes.length))) finish()
    }

    /** A standard message: its place is free as soon as its handler has settled. */
    async function runAlone(lane: readonly Entry[]): Promise<void> {
      const [entry] = lane
      const handled = entry === undefined ? undefined : await handle(entry)
      active--
      if (entry !== undefined && handled !== undefined) {
        settling++
        const settled = settleEntry(batch, entry, handled)
        pump()
        await settled
        settling--
      }
      pump()
    }

    /** A FIFO group: the next starts only after the one before is acknowledged. */
    async function runInOrder(lane: readonly Entry[]): Promise<void> {
      for (const entry of lane) {
        if (stopped) break
        if (entry.outcome === undefined && entry.leader === undefined) {
          const handled = await handle(entry)
          if (handled === undefined) break
          settling++
          await settleEntry(batch, entry, handled)
          settling--
        }
        // A follower whose leader stands in another lane and has not ended yet counts as not acknowledged.
        if (!(entry.leader ?? entry).acknowledged) break
      }
      active--
      pump()
    }

    /** Runs one handler. `undefined`: it did not start, or it settled after the batch had stopped. */
    async function handle(entry: Entry): Promise<Handled | undefined> {
      // A host that stood still gets what is due in any order: the timer of the reserve may not have run yet.
      if (runtime.monotonic() >= invocation.stopAt) return undefined
      if (runtime.monotonic() >= entry.leaseEndsAt) {
        batch.end(entry, 'lease-lost')
        return undefined
      }
      entry.soFar = 'unsettled'
      const handled = await invoke(batch, entry, work)
      if (stopped) {
        late(batch, entry, handled)
        return undefined
      }
      return handled
    }

    function stop(): void {
      if (stopped) return
      stopped = true
      cancel()
      if (Number.isFinite(invocation.answerBy)) {
        cancel = runtime.after(Math.max(0, invocation.answerBy - runtime.monotonic()), finish)
      }
      pump()
    }

    function finish(): void {
      stopped = true
      cancel()
      resolve()
    }
  })
}

async function invoke(batch: Batch, entry: Entry, work: Work): Promise<Handled> {
  const { delivery } = entry
  const { settings } = batch
  try {
    if (delivery === undefined) throw new TypeError('a record without a key cannot run')
    if (entry.failOpen) {
      const { namespace } = settings
      const { messageId } = entry
      batch.observation.emit({ kind: 'notice', notice: 'fail-open', namespace, messageId, id: delivery.id })
    }
    // The message was built from this handler's own schema; `never` only says that the engine does not look inside.
    const value = await work(delivery.message as Message<never>, claimHandle(batch, entry))
    return { status: 'fulfilled', value }
  } catch (reason) {
    return { status: 'rejected', reason }
  }
}

function claimHandle(batch: Batch, entry: Entry): Claim {
  const { settings, invocation } = batch
  const { runtime } = settings
  const { delivery } = entry
  const now = runtime.now()
  // Without a record there is no fence: the clock stands in, as it would for a first claim.
  const held = entry.claim ?? {
    id: delivery?.id ?? '',
    owner: entry.owner,
    fence: now,
    attempt: 1,
    fingerprint: undefined,
  }
  if (invocation.endsAt === undefined) entry.controller = new AbortController()
  const signal = entry.controller?.signal ?? batch.signal
  const deadline = now + invocation.stopAt - runtime.monotonic()
  return new ClaimHandle(held, delivery?.message.key ?? '', settings.namespace, signal, deadline)
}

function late(batch: Batch, entry: Entry, handled: Handled): void {
  batch.observation.emit({
    kind: 'notice',
    notice: 'late-settlement',
    namespace: batch.settings.namespace,
    messageId: entry.messageId,
    id: entry.delivery?.id ?? '',
    settled: handled.status === 'fulfilled' ? 'success' : 'failure',
    ...(handled.status === 'rejected' ? { error: handled.reason } : undefined),
  })
}
