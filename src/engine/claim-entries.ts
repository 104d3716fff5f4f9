import type { Outcome } from '../observe/events.ts'
import type { Settings } from '../options/settings.ts'
import { assertWindow } from '../options/window.ts'
import { leaseEnd } from '../protocol/windows.ts'
import type { ClaimOutcome, ClaimRequest, RecordStore, StoreNotice } from '../store/contract.ts'
import type { Delivery, Entry } from './entry.ts'
import { type Invocation, remainingOf } from './invocation.ts'

/** Ids claimed in one call of the store: four requests of 25 beside each other, so that memory stays flat. */
const CLAIMS_PER_CALL = 100

/** What claiming needs and whom it tells. */
export interface ClaimScope {
  readonly settings: Settings
  readonly store: RecordStore
  readonly invocation: Invocation
  /** The claim was granted; the message may run. */
  granted(entry: Entry, outcome: Extract<ClaimOutcome, { kind: 'claimed' }>): void
  /** The message does not run. */
  refused(entry: Entry, outcome: Outcome, error?: unknown): void
  notify(notice: StoreNotice): void
}

/**
 * Claims the leaders of a batch, a slice at a time; below the reserve nothing is claimed any more.
 * @throws StoreMisconfiguredError, and ConfigError when the window is shorter than this invocation's lease and margin
 */
export async function claimEntries(scope: ClaimScope, leaders: readonly Entry[]): Promise<void> {
  const { settings, invocation } = scope
  const { runtime } = settings
  const leaseMs = remainingOf(invocation, runtime) + settings.leaseGraceMs
  assertWindow(settings.ttlMs, leaseMs, settings.marginMs)
  for (let start = 0; start < leaders.length; start += CLAIMS_PER_CALL) {
    const slice = leaders.slice(start, start + CLAIMS_PER_CALL)
    if (runtime.monotonic() >= invocation.stopAt) {
      for (const entry of slice) scope.refused(entry, 'not-started')
    } else {
      await claimSlice(scope, slice)
    }
  }
}

async function claimSlice(scope: ClaimScope, slice: readonly Entry[]): Promise<void> {
  const { settings, store, invocation } = scope
  const { runtime } = settings
  const now = runtime.now()
  const asked = runtime.monotonic()
  const leaseUntil = leaseEnd(now, remainingOf(invocation, runtime), settings.leaseGraceMs)
  const requests: ClaimRequest[] = []
  for (const entry of slice) {
    if (entry.delivery === undefined) continue
    entry.owner = runtime.token()
    entry.leaseEndsAt = asked + leaseUntil - now
    requests.push(requestOf(entry, entry.delivery, leaseUntil, now + settings.ttlMs))
  }
  const outcomes = await store.claim(requests, {
    deadline: invocation.stopAt,
    marginMs: settings.marginMs,
    clockErrorMs: settings.clockErrorMs,
    notify: scope.notify,
  })
  for (const [index, entry] of slice.entries()) apply(scope, entry, outcomes[index])
}

/** Asks again for a message that ran without a record; the owner token recognises a claim that had landed late. */
export function requestOf(
  entry: Entry,
  delivery: Delivery,
  leaseUntil: number,
  expiresAt: number,
): ClaimRequest {
  const { message } = delivery
  return {
    id: delivery.id,
    owner: entry.owner,
    fingerprint: delivery.fingerprint,
    leaseUntil,
    expiresAt,
    redelivered: entry.redelivered,
    sentAt: message.sentAt,
    messageId: message.messageId,
    receiveCount: message.receiveCount,
  }
}

function apply(scope: ClaimScope, entry: Entry, outcome: ClaimOutcome | undefined): void {
  if (outcome?.kind === 'claimed') scope.granted(entry, outcome)
  else if (outcome?.kind === 'unavailable') unavailable(scope, entry, outcome)
  else scope.refused(entry, outcome === undefined ? 'store-unavailable' : outcome.kind)
}

/** The store did not answer: fail closed, unless it was throttled or slow and the function chose to run all the same. */
function unavailable(
  scope: ClaimScope,
  entry: Entry,
  outcome: Extract<ClaimOutcome, { kind: 'unavailable' }>,
): void {
  if (scope.settings.onStoreUnavailable === 'run' && outcome.reason !== undefined) entry.failOpen = true
  else scope.refused(entry, 'store-unavailable', outcome.error)
}
