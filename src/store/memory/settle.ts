import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import { judgeCompletion } from '../../protocol/settlement.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { Settlement, SettleOutcome } from '../contract.ts'

type Completion = Extract<Settlement, { kind: 'complete' }>

/** Writes one settlement if the record is IN_PROGRESS under its owner and fence; else says what was found. */
export function settleRecord(records: Map<string, IdempotencyRecord>, settlement: Settlement): SettleOutcome {
  const { claim } = settlement
  const record = records.get(claim.id)
  const held =
    record?.status === 'IN_PROGRESS' && record.owner === claim.owner && record.fence === claim.fence
  if (record === undefined || !held) return judge(records, settlement, record)
  const { leaseUntil: _, ...rest } = record
  switch (settlement.kind) {
    case 'complete': {
      const { completedAt, expiresAt, result } = settlement
      const completed = { status: 'COMPLETED', completedAt, expiresAt, ttl: ttlSeconds(expiresAt) }
      records.set(claim.id, { ...rest, ...completed, ...(result === undefined ? undefined : { result }) })
      return { kind: 'completed', duplicateEffect: false }
    }
    case 'release': {
      const { status, failure, releasedAt, expiresAt } = settlement
      const released = { status, failure, expiresAt, ttl: ttlSeconds(expiresAt) }
      const poisoned = status === 'POISONED' ? { poisonedAt: releasedAt } : undefined
      records.set(claim.id, { ...rest, ...released, ...poisoned })
      return { kind: 'released' }
    }
    case 'give-back': {
      const { expiresAt } = settlement
      const attempts = claim.attempt - 1
      records.set(claim.id, { ...rest, status: 'FAILED', attempts, expiresAt, ttl: ttlSeconds(expiresAt) })
      return { kind: 'released' }
    }
    case 'extend': {
      const { leaseUntil, expiresAt } = settlement
      // A late one must not cut the lease that a newer one has got.
      if (record.leaseUntil === undefined || record.leaseUntil < leaseUntil)
        records.set(claim.id, { ...record, leaseUntil, expiresAt, ttl: ttlSeconds(expiresAt) })
      return { kind: 'extended' }
    }
  }
}

function judge(
  records: Map<string, IdempotencyRecord>,
  settlement: Settlement,
  found: IdempotencyRecord | undefined,
): SettleOutcome {
  const { claim } = settlement
  if (settlement.kind === 'complete') {
    switch (judgeCompletion(found, claim)) {
      case 'own-completion':
        return { kind: 'completed', duplicateEffect: false }
      case 'duplicate-effect':
        return { kind: 'completed', duplicateEffect: true }
      case 'absent':
        return putCompleted(records, settlement)
      default:
        return lost(found)
    }
  }
  // Asked again after it had landed: our owner and the state that it was to write.
  const mine = found?.owner === claim.owner && found.fence === claim.fence
  if (mine && settlement.kind === 'release' && found.status === settlement.status) return { kind: 'released' }
  if (mine && settlement.kind === 'give-back' && found.status === 'FAILED') return { kind: 'released' }
  return lost(found)
}

function putCompleted(records: Map<string, IdempotencyRecord>, settlement: Completion): SettleOutcome {
  const { claim, completedAt, expiresAt, result } = settlement
  const { id, owner, fence, attempt, fingerprint } = claim
  records.set(id, {
    id,
    schemaVersion: SCHEMA_VERSION,
    status: 'COMPLETED',
    owner,
    fence,
    attempts: attempt,
    completedAt,
    expiresAt,
    ttl: ttlSeconds(expiresAt),
    ...(fingerprint === undefined ? undefined : { fingerprint }),
    ...(result === undefined ? undefined : { result }),
  })
  return { kind: 'completed', duplicateEffect: false }
}

function lost(found: IdempotencyRecord | undefined): SettleOutcome {
  const detail =
    found === undefined ? 'the record is gone' : `the record is ${found.status} under fence ${found.fence}`
  return { kind: 'lease-lost', detail }
}
