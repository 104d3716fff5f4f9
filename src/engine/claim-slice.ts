import { isOncekitError } from '../errors/is-oncekit-error.ts'
import { LeaseLostError, NOT_BEGUN } from '../errors/lease-lost-error.ts'
import { leaseEnd } from '../protocol/windows.ts'
import type { CallContext, ClaimOutcome, ClaimRequest } from '../store/contract.ts'
import { type Batch, OPEN_CALL_MS } from './batch.ts'
import type { Lead } from './coalesce.ts'
import type { Entry } from './entry.ts'
import { extendLeases } from './extend-leases.ts'
import { giveBack } from './give-back.ts'
import { remainingOf } from './invocation.ts'
import { refusalOf } from './refusals.ts'

/**
 * Set forward by less than this, a clock is left as it was, ms: readings are rounded, and the grace allows for it. By more, its
 * host was not certain to be within the clock error: a correction takes away only what is certain, and as much as the clock
 * error may still be missing, which is what the margin is for.
 */
const SET_MS = 100

/**
 * Asks for some leads in one call of the store, and writes down what came of it: each is granted, or has ended.
 * @returns the outcomes, in the order of the leads; none for a call that was not answered in time
 * @throws StoreMisconfiguredError
 */
export async function claimSlice(
  batch: Batch,
  slice: readonly Lead[],
): Promise<readonly (ClaimOutcome | undefined)[]> {
  const { settings, invocation, store } = batch
  const { runtime, leaseGraceMs, ttlMs } = settings
  const now = runtime.now()
  const asked = runtime.monotonic()
  const leaseUntil = leaseEnd(now, remainingOf(invocation, runtime), leaseGraceMs)
  const requests = slice.map(({ entry }) => {
    entry.owner = runtime.token()
    entry.leaseEndsAt = asked + leaseUntil - now
    return requestOf(entry, leaseUntil, now + ttlMs)
  })
  const outcomes = await store.claim(requests, claiming(batch))
  applyAll(batch, slice, outcomes)
  // What was granted beside it does not run: the batch ends by this, and gives it back.
  for (const outcome of outcomes) {
    const error = misconfiguration(outcome)
    if (error) throw error
  }
  // The first answer may have told that this host's clock is behind: then the leases just written end too early, and
  // another host would take over what runs.
  const set = runtime.now() - now - (runtime.monotonic() - asked)
  const held = slice.flatMap(({ entry }) => (batch.held.has(entry) ? [entry] : []))
  if (set > SET_MS && held.length > 0) await extendFirst(batch, held)
  const late = held.filter((entry) => batch.signal.aborted || entry.outcome)
  for (const entry of late) batch.end(entry, 'not-started')
  giveBack(batch, late)
  // Only now: the end of another in its lane may have asked for it meanwhile.
  for (const entry of held) if (!entry.outcome) entry.granted = true
  return outcomes
}

/**
 * For a call that claims. What is granted too late to start can be given back only if the answer is waited for: until the
 * end of the time for late settlements. A message that may run without a record needs half of the time for itself.
 */
function claiming(batch: Batch): CallContext {
  const { settings, invocation } = batch
  const { marginMs, clockErrorMs, maxAttempts, onStoreUnavailable, runtime } = settings
  const now = runtime.monotonic()
  const inTime = (end: number) => Math.min(end, now + OPEN_CALL_MS)
  // Without an end of the invocation there is always time for it, whatever the claim has taken.
  const clockDeadline = invocation.lateUntil
  const deadline =
    onStoreUnavailable === 'run'
      ? now + Math.max(0, inTime(invocation.stopAt) - now) / 2
      : inTime(clockDeadline)
  return { marginMs, clockErrorMs, maxAttempts, deadline, clockDeadline, notify: batch.settling().notify }
}

/** The same owner token asked for again recognises a claim that had landed late. */
export function requestOf(entry: Entry, leaseUntil: number, expiresAt: number): ClaimRequest {
  const { id = '', owner, fingerprint, redelivered, messageId, message } = entry
  const { sentAt, receiveCount } = message
  return { id, owner, fingerprint, leaseUntil, expiresAt, redelivered, sentAt, messageId, receiveCount }
}

/** All of them, before anybody hears of one: what a refused record stops in its lane may be known to be done. */
function applyAll(
  batch: Batch,
  slice: readonly Lead[],
  outcomes: readonly (ClaimOutcome | undefined)[],
): void {
  const { onEnd } = batch
  const ended: Entry[] = []
  batch.onEnd = (entry) => ended.push(entry)
  slice.forEach(({ entry }, index) => {
    apply(batch, entry, outcomes[index])
  })
  batch.onEnd = onEnd
  for (const entry of ended) onEnd(entry)
}

function misconfiguration(outcome: ClaimOutcome | undefined): unknown {
  if (outcome?.kind !== 'unavailable' || !isOncekitError(outcome.error, 'STORE_MISCONFIGURED'))
    return undefined
  return outcome.error
}

function apply(batch: Batch, entry: Entry, outcome: ClaimOutcome | undefined): void {
  // It is told once, for the batch.
  if (misconfiguration(outcome)) return
  if (outcome?.kind === 'claimed') granted(batch, entry, outcome)
  else if (outcome && outcome.kind !== 'unavailable')
    batch.end(entry, outcome.kind, refusalOf(outcome, batch.settings.runtime.now()))
  // Fail closed, unless the store was throttled or slow and the function chose to run without a claim.
  else if (!outcome?.reason || batch.settings.onStoreUnavailable !== 'run')
    batch.end(entry, 'store-unavailable', outcome?.error)
  else batch.held.add(entry)
}

/** Writes down a claim that was granted. Whether the message may run is another question. */
export function granted(
  batch: Batch,
  entry: Entry,
  { fence, attempt, origin, ownWrite }: Extract<ClaimOutcome, { kind: 'claimed' }>,
): void {
  const { id = '', owner, fingerprint } = entry
  entry.claim = { id, owner, fence, attempt, fingerprint }
  entry.origin = origin
  batch.held.add(entry)
  if (origin === 'takeover') batch.notice('takeover', entry, { attempt })
  if (ownWrite) batch.notice('own-write', entry)
}

/** What cannot be extended does not run: by now another host may hold it. */
async function extendFirst(batch: Batch, entries: readonly Entry[]): Promise<void> {
  const { runtime, leaseGraceMs } = batch.settings
  const leaseMs = Math.max(0, remainingOf(batch.invocation, runtime)) + leaseGraceMs
  const extended = await extendLeases(batch, entries, leaseMs, claiming(batch))
  for (const entry of entries) {
    // Without a claim there is no lease to extend.
    if (!entry.claim || extended.has(entry)) continue
    const lost = entry.leaseEndsAt === 0
    if (lost) batch.held.delete(entry)
    if (lost) batch.end(entry, 'lease-lost', new LeaseLostError(NOT_BEGUN))
    else batch.end(entry, 'not-started')
  }
}
