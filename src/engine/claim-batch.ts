import { assertWindow } from '../options/window.ts'
import { leaseEnd } from '../protocol/windows.ts'
import type { ClaimOutcome, ClaimRequest } from '../store/contract.ts'
import type { Batch } from './batch.ts'
import { coalesce } from './coalesce.ts'
import type { Entry } from './entry.ts'
import { remainingOf } from './invocation.ts'
import { keepLeases } from './keep-leases.ts'

/** Ids claimed in one call of the store: four requests of 25 beside each other, so that memory stays flat. */
const CLAIMS_PER_CALL = 100

/**
 * Claims what leads, a slice at a time; the rest is refused, shares, or is known already. Below the reserve nothing is
 * claimed any more.
 * @throws StoreMisconfiguredError, and ConfigError when the window is shorter than this invocation's lease and margin
 */
export async function claimBatch(batch: Batch): Promise<void> {
  const { settings, invocation } = batch
  const { runtime } = settings
  const leaseMs = remainingOf(invocation, runtime) + settings.leaseGraceMs
  assertWindow(settings.ttlMs, leaseMs, settings.marginMs)
  let { entries } = batch
  while (entries.length > 0) {
    const { leaders, rivals } = coalesce(entries)
    for (
      let start = 0;
      start < leaders.length && runtime.monotonic() < invocation.stopAt;
      start += CLAIMS_PER_CALL
    ) {
      await claimSlice(batch, leaders.slice(start, start + CLAIMS_PER_CALL))
    }
    entries = []
    for (const [entry, leader] of rivals) {
      // The record may be theirs where it is not the leader's: refused unasked, a message would never get through in
      // the company of a wrong one. Behind its leader in a lane it would not run.
      if (leader.outcome === 'mismatch' && leader.lane !== entry.lane) entries.push(entry)
      else batch.end(entry, 'mismatch')
    }
  }
  handOver(batch)
  if (invocation.endsAt === Infinity) batch.stopExtending = keepLeases(batch, leaseMs)
}

async function claimSlice(batch: Batch, slice: readonly Entry[]): Promise<void> {
  const { runtime, leaseGraceMs, ttlMs } = batch.settings
  const now = runtime.now()
  const asked = runtime.monotonic()
  const leaseUntil = leaseEnd(now, remainingOf(batch.invocation, runtime), leaseGraceMs)
  const requests = slice.map((entry) => {
    entry.owner = runtime.token()
    entry.leaseEndsAt = asked + leaseUntil - now
    return requestOf(entry, leaseUntil, now + ttlMs)
  })
  const outcomes = await batch.store.claim(requests, batch.claiming)
  slice.forEach((entry, index) => {
    apply(batch, entry, outcomes[index])
  })
}

/** The same owner token asked for again recognises a claim that had landed late. */
export function requestOf(entry: Entry, leaseUntil: number, expiresAt: number): ClaimRequest {
  const { id = '', owner, fingerprint, redelivered, messageId, message } = entry
  const { sentAt, receiveCount } = message
  return { id, owner, fingerprint, leaseUntil, expiresAt, redelivered, sentAt, messageId, receiveCount }
}

function apply(batch: Batch, entry: Entry, outcome: ClaimOutcome | undefined): void {
  if (outcome?.kind === 'claimed') granted(batch, entry, outcome)
  else if (outcome && outcome.kind !== 'unavailable') batch.end(entry, outcome.kind)
  // Fail closed, unless the store was throttled or slow and the function chose to run without a claim.
  else if (!outcome?.reason || batch.settings.onStoreUnavailable !== 'run')
    batch.end(entry, 'store-unavailable', outcome?.error)
}

export function granted(
  batch: Batch,
  entry: Entry,
  { fence, attempt, origin, ownWrite }: Extract<ClaimOutcome, { kind: 'claimed' }>,
): void {
  const { id = '', owner, fingerprint } = entry
  entry.claim = { id, owner, fence, attempt, fingerprint }
  entry.origin = origin
  if (origin === 'takeover') batch.notice('takeover', entry, { attempt })
  if (ownWrite) batch.notice('own-write', entry)
}

/** What was claimed may run, except after a record of its lane that is refused already, whoever runs the batch. */
function handOver(batch: Batch): void {
  // The claim itself may have taken the time that there was, and where no end is known even the lease.
  const now = batch.settings.runtime.monotonic()
  const held = new Set<string | undefined>()
  for (const entry of batch.entries) {
    const { outcome, acknowledged } = entry.leader ?? entry
    if (outcome && !acknowledged) held.add(entry.lane)
    if (entry.leader || outcome) continue
    if (now >= batch.invocation.stopAt || held.has(entry.lane)) batch.end(entry, 'not-started')
    else if (now >= entry.leaseEndsAt) batch.end(entry, 'lease-lost')
    else batch.runnable.push(entry)
  }
}
