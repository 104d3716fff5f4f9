import type { Message } from '../protocol/message.ts'
import type { Batch } from './batch.ts'
import { type Claim, ClaimHandle } from './claim-handle.ts'
import type { Entry } from './entry.ts'
import { at } from './invocation.ts'
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
  const { settings, invocation, fifo, entries, runnable, signal } = batch
  const { runtime, concurrency } = settings
  const { promise, resolve } = Promise.withResolvers<void>()
  // Each lane in order, lanes beside each other. A FIFO lane has the refused records too: the first that is not
  // acknowledged stops the rest.
  const lanes = fifo
    ? [...Map.groupBy(entries, ({ lane }) => lane).values()]
    : runnable.map((entry) => [entry])
  let next = 0
  let running = 0
  let settling = 0
  let cancel = at(runtime, invocation.stopAt, batch.stop)

  batch.started = true
  batch.onStop = () => {
    cancel()
    cancel = at(runtime, invocation.answerBy, finish)
    pump()
  }
  pump()
  return promise

  function pump(): void {
    // The place of a standard message is free as soon as its handler has settled, that of a FIFO group at its end.
    while (
      !signal.aborted &&
      (fifo ? running + settling : running) < concurrency &&
      settling < SETTLING_AT_ONCE
    ) {
      const lane = lanes[next++]
      if (!lane) break
      void runLane(lane)
    }
    if (!settling && (signal.aborted || !running)) finish()
  }

  async function runLane(lane: readonly Entry[]): Promise<void> {
    for (const entry of lane) {
      if (!entry.outcome && !entry.leader) {
        running++
        const handled = await handle(entry)
        running--
        if (!handled) break
        settling++
        const settled = settleEntry(batch, entry, handled)
        pump()
        await settled
        settling--
      }
      // A follower whose leader stands in another lane and has not ended yet counts as not acknowledged.
      if (!(entry.leader ?? entry).acknowledged) break
    }
    pump()
  }

  /** Runs one handler. `undefined`: it did not start, or it settled after the batch had stopped. */
  async function handle(entry: Entry): Promise<Handled | undefined> {
    const now = runtime.monotonic()
    // A host that stood still gets what is due in any order: the timer of the reserve may not have run yet.
    if (now >= invocation.stopAt) return undefined
    if (now >= entry.leaseEndsAt) {
      batch.end(entry, 'lease-lost')
      return undefined
    }
    entry.soFar = 'unsettled'
    if (!entry.claim) batch.notice('fail-open', entry)
    if (invocation.endsAt === Infinity) entry.controller = new AbortController()
    let handled: Handled
    try {
      // The message was built from this handler's own schema; `never` only says that the engine does not look inside.
      const value = await work(entry.message as Message<never>, new ClaimHandle(batch, entry))
      handled = { status: 'fulfilled', value }
    } catch (reason) {
      handled = { status: 'rejected', reason }
    }
    if (!signal.aborted) return handled
    batch.notice(
      'late-settlement',
      entry,
      handled.status === 'fulfilled' ? { settled: 'success' } : { settled: 'failure', error: handled.reason },
    )
    return undefined
  }

  function finish(): void {
    cancel()
    resolve()
  }
}
