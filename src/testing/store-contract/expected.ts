import { ATTEMPTS_EXHAUSTED, type IdempotencyRecord } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { ClaimRequest } from '../../store/contract.ts'

/** What a claim that was granted over a record leaves of it: the former result goes, what it does not write stays. */
export function claimedOver(
  before: IdempotencyRecord,
  request: ClaimRequest,
  attempts: number,
): IdempotencyRecord {
  const { owner, leaseUntil, fingerprint, messageId, receiveCount } = request
  const { result: _, ...kept } = before
  return {
    ...kept,
    ...{ status: 'IN_PROGRESS', owner, leaseUntil, attempts, fence: before.fence + 1 },
    ...windowOf(request),
    fingerprint: fingerprint ?? before.fingerprint,
    ...(messageId === undefined ? undefined : { messageId, receiveCount }),
  }
}

/** What is left of a stuck record that is given up instead of being taken over. */
export function givenUp(before: IdempotencyRecord, request: ClaimRequest, now: number): IdempotencyRecord {
  const { leaseUntil: _, ...kept } = before
  return {
    ...kept,
    ...{ status: 'POISONED', owner: request.owner, fence: before.fence + 1 },
    ...{ failure: ATTEMPTS_EXHAUSTED, poisonedAt: now },
    ...windowOf(request),
  }
}

/** What a settlement leaves: no lease, and `changes`. */
export function settledAs(
  before: IdempotencyRecord,
  { expiresAt }: { readonly expiresAt: number },
  changes: Partial<IdempotencyRecord>,
): IdempotencyRecord {
  const { leaseUntil: _, ...kept } = before
  return { ...kept, ...changes, ...windowOf({ expiresAt }) }
}

function windowOf({ expiresAt }: { readonly expiresAt: number }) {
  return { expiresAt, ttl: ttlSeconds(expiresAt) }
}
