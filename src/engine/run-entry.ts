import { LeaseLostError, NOT_BEGUN } from '../errors/lease-lost-error.ts'
import type { Message } from '../protocol/message.ts'
import type { Batch } from './batch.ts'
import { type Claim, ClaimHandle } from './claim-handle.ts'
import type { Entry } from './entry.ts'
import { giveBack } from './give-back.ts'
import type { Handled } from './settle-entry.ts'

/** The user's handler of one message. */
export type Work = (message: Message<never, never>, claim: Claim) => unknown

/**
 * Runs one handler.
 * @returns how it settled; `undefined`: it was not started, or it settled too late to be told
 */
export async function runEntry(batch: Batch, entry: Entry, work: Work): Promise<Handled | undefined> {
  const { settings, invocation } = batch
  const { runtime, hardKill } = settings
  // It has ended while it waited for its turn.
  if (entry.outcome) return undefined
  const now = runtime.monotonic()
  // A host that stood still gets what is due in any order: the timer of the reserve may not have run yet.
  if (now >= invocation.stopAt || batch.signal.aborted) {
    batch.end(entry, 'not-started')
    giveBack(batch, [entry])
    return undefined
  }
  if (now >= entry.leaseEndsAt) {
    batch.held.delete(entry)
    batch.end(entry, 'lease-lost', new LeaseLostError(NOT_BEGUN))
    return undefined
  }
  entry.soFar = 'unsettled'
  if (!entry.claim) batch.notice('fail-open', entry)
  if (batch.stopExtending) entry.controller = new AbortController()
  let handled: Handled
  try {
    // The message was built from this handler's own schema; `never` only says that the engine does not look inside.
    const value = await work(entry.message as Message<never, never>, new ClaimHandle(batch, entry))
    handled = { status: 'fulfilled', value }
  } catch (reason) {
    handled = { status: 'rejected', reason }
  }
  if (!batch.answered && runtime.monotonic() < invocation.lateUntil) return handled
  batch.notice(
    'late-settlement',
    entry,
    handled.status === 'fulfilled' ? { settled: 'success' } : { settled: 'failure', error: handled.reason },
  )
  // Where the process goes on, its lease was extended, and nobody has run the message meanwhile.
  return hardKill ? undefined : handled
}
