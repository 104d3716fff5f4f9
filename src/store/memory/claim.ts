import { attemptsWith, type Claimable, decide, isClaimable } from '../../protocol/decide.ts'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import { ATTEMPTS_EXHAUSTED, type IdempotencyRecord } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { CallContext, ClaimOutcome, ClaimRequest } from '../contract.ts'

/** Decides about one request and writes what it grants, in one step. `now`: epoch ms. */
export function claimRecord(
  records: Map<string, IdempotencyRecord>,
  request: ClaimRequest,
  now: number,
  { marginMs, maxAttempts }: Pick<CallContext, 'marginMs' | 'maxAttempts'>,
): ClaimOutcome {
  const { id, owner, fingerprint, sentAt } = request
  const record = records.get(id)
  const decision = decide(record, { owner, fingerprint, now, marginMs, sentAt, maxAttempts })
  if (decision === 'absent' || record === undefined) {
    records.set(id, { ...granted(request), fence: now, attempts: 1, firstSeenAt: now })
    return { kind: 'claimed', origin: 'fresh', fence: now, attempt: 1, ownWrite: false }
  }
  if (isClaimable(decision)) return claimOver(records, request, record, decision)
  switch (decision) {
    case 'own-claim': {
      const { fence, attempts } = record
      const origin = attempts > 1 ? 'takeover' : 'fresh'
      return { kind: 'claimed', origin, fence, attempt: attempts, ownWrite: true }
    }
    case 'own-completion':
    case 'duplicate':
      return { kind: 'duplicate', record: { ...record } }
    case 'mismatch':
      return { kind: 'mismatch', fingerprint: record.fingerprint }
    case 'busy':
      return { kind: 'busy', leaseUntil: record.leaseUntil, reason: 'lease' }
    case 'poisoned':
      return { kind: 'poisoned', record: { ...record } }
    case 'exhausted': {
      const given = giveUp(record, request, now)
      records.set(id, given)
      return { kind: 'poisoned', record: { ...given } }
    }
    case 'unknown': {
      const detail = `schemaVersion ${record.schemaVersion}, status ${JSON.stringify(record.status)}`
      return { kind: 'unknown-record', detail }
    }
  }
}

function claimOver(
  records: Map<string, IdempotencyRecord>,
  request: ClaimRequest,
  record: IdempotencyRecord,
  why: Claimable,
): ClaimOutcome {
  const fence = record.fence + 1
  const attempts = attemptsWith(why, record)
  // A result of the former window must not be taken for this one's.
  const { result: _, ...kept } = record
  records.set(request.id, { ...kept, ...granted(request), fence, attempts })
  return { kind: 'claimed', origin: why, fence, attempt: attempts, ownWrite: false }
}

/** A stuck record, given up under a new owner and fence. */
function giveUp(record: IdempotencyRecord, request: ClaimRequest, now: number): IdempotencyRecord {
  const { leaseUntil: _, ...kept } = record
  const { owner, expiresAt } = request
  return {
    ...kept,
    status: 'POISONED',
    owner,
    fence: record.fence + 1,
    failure: ATTEMPTS_EXHAUSTED,
    poisonedAt: now,
    expiresAt,
    ttl: ttlSeconds(expiresAt),
  }
}

/** What every granted claim writes. Fingerprint and audit stay as they were when the request has none. */
function granted(request: ClaimRequest): Omit<IdempotencyRecord, 'fence' | 'attempts'> {
  const { id, owner, fingerprint, leaseUntil, expiresAt, messageId, receiveCount = 1 } = request
  return {
    id,
    schemaVersion: SCHEMA_VERSION,
    status: 'IN_PROGRESS',
    owner,
    leaseUntil,
    expiresAt,
    ttl: ttlSeconds(expiresAt),
    ...(fingerprint === undefined ? undefined : { fingerprint }),
    ...(messageId === undefined ? undefined : { messageId, receiveCount }),
  }
}
