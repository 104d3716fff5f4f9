import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import { attemptsWith, type Claimable } from '../../protocol/decide.ts'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import { ATTEMPTS_EXHAUSTED, type MetRecord } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { ClaimRequest, Settlement } from '../contract.ts'
import { n, s } from './item.ts'
import { encodeResult } from './stored-result.ts'
import { type Attributes, toUpdate, type Write } from './write.ts'

/** A claim where no record is. */
export function insertWrite(request: ClaimRequest, now: number): Write {
  const set = { schemaVersion: SCHEMA_VERSION, firstSeenAt: now, ...claimed(request, now, 1) }
  return { id: request.id, set }
}

/** A claim over exactly the record that was observed. */
export function takeOverWrite(request: ClaimRequest, observed: MetRecord, why: Claimable): Write {
  const { status, owner, fence, leaseUntil, expiresAt } = observed
  return {
    id: request.id,
    set: claimed(request, fence + 1, attemptsWith(why, observed)),
    remove: observed.result === undefined ? undefined : 'result',
    // Owner and fence alone would not do: the owner itself may have completed or extended since we read.
    equals: {
      status,
      owner,
      fence,
      leaseUntil: why === 'takeover' ? leaseUntil : undefined,
      // Deleted since, and put again as completed by the same owner, the record looks alike but for its window.
      expiresAt: why === 'expired' ? expiresAt : undefined,
    },
  }
}

/** Gives up exactly the stuck record that was observed, under a new owner and fence, like a takeover. */
export function giveUpWrite(request: ClaimRequest, observed: MetRecord, now: number): Write {
  const { status, owner, fence, leaseUntil } = observed
  return {
    id: request.id,
    set: {
      status: 'POISONED',
      owner: request.owner,
      fence: fence + 1,
      failure: ATTEMPTS_EXHAUSTED,
      poisonedAt: now,
      ...window(request.expiresAt),
    },
    remove: 'leaseUntil',
    equals: { status, owner, fence, leaseUntil },
  }
}

/** A settlement of a claim that must still be held. */
export function settleWrite(settlement: Settlement): Write {
  const { kind, claim, expiresAt } = settlement
  const { id, owner, fence } = claim
  const equals = { status: 'IN_PROGRESS', owner, fence }
  if (kind === 'extend') {
    const set = { leaseUntil: settlement.leaseUntil, ...window(expiresAt) }
    return { id, set, equals, raises: 'leaseUntil' }
  }
  return { id, set: settled(settlement), remove: 'leaseUntil', equals }
}

function settled(settlement: Exclude<Settlement, { kind: 'extend' }>): Attributes {
  switch (settlement.kind) {
    case 'complete':
      return completed(settlement)
    case 'release':
      return released(settlement)
    case 'give-back':
      return { status: 'FAILED', attempts: settlement.claim.attempt - 1, ...window(settlement.expiresAt) }
  }
}

/** The record of a completion whose claim is gone (deleted mid-run): put where nothing is, or not at all. */
export function completedWrite(settlement: Extract<Settlement, { kind: 'complete' }>): Write {
  const { id, owner, fence, attempt, fingerprint } = settlement.claim
  const set = {
    schemaVersion: SCHEMA_VERSION,
    owner,
    fence,
    attempts: attempt,
    fingerprint,
    ...completed(settlement),
  }
  return { id, set }
}

/**
 * A redelivery that comes alone: claim in one conditional write what is absent, stuck, or failed with the same
 * payload. A record whose window is over is left to the second look, because its attempts start again from one. So is
 * one of the same owner: a copy of this request that lands late must not claim again what its owner has released.
 * Returns the old item, which tells what was taken over.
 */
export function claimOverInput(
  table: string,
  request: ClaimRequest,
  now: number,
  marginMs: number,
  maxAttempts: number | undefined,
): UpdateItemCommandInput {
  const set = {
    ...claimed(request, 0, 0),
    fence: undefined,
    attempts: undefined,
    schemaVersion: SCHEMA_VERSION,
  }
  const input = toUpdate(table, { id: request.id, set, remove: 'result' })
  const samePayload =
    request.fingerprint && ' AND (attribute_not_exists(#fingerprint) OR #fingerprint = :fingerprint)'
  const limited = maxAttempts !== undefined && Number.isFinite(maxAttempts)
  const stuck = limited ? ' AND attempts < :most' : ''
  return {
    ...input,
    UpdateExpression: `${input.UpdateExpression} ADD attempts :one`.replace(
      'SET ',
      'SET fence = if_not_exists(fence, :before) + :one, firstSeenAt = if_not_exists(firstSeenAt, :now), ',
    ),
    ConditionExpression: `attribute_not_exists(id) OR (#owner <> :owner AND #schemaVersion = :schemaVersion AND #expiresAt >= :stale AND ((#status = :status AND #leaseUntil < :stale${stuck}) OR #status = :failed)${samePayload ?? ''})`,
    ExpressionAttributeValues: {
      ...input.ExpressionAttributeValues,
      ':before': n(now - 1),
      ':now': n(now),
      ':one': n(1),
      ':stale': n(now - marginMs),
      ':failed': s('FAILED'),
      ...(limited ? { ':most': n(maxAttempts) } : undefined),
    },
    ReturnValues: 'ALL_OLD',
  }
}

function claimed(request: ClaimRequest, fence: number, attempts: number): Attributes {
  const { owner, leaseUntil, expiresAt, fingerprint, messageId, receiveCount } = request
  return {
    status: 'IN_PROGRESS',
    owner,
    fence,
    attempts,
    leaseUntil,
    ...window(expiresAt),
    fingerprint,
    messageId,
    receiveCount,
  }
}

function completed(settlement: Extract<Settlement, { kind: 'complete' }>): Attributes {
  const { completedAt, expiresAt, result } = settlement
  return {
    status: 'COMPLETED',
    completedAt,
    ...window(expiresAt),
    result: result === undefined ? undefined : encodeResult(result),
  }
}

function released(settlement: Extract<Settlement, { kind: 'release' }>): Attributes {
  const { status, failure, releasedAt, expiresAt } = settlement
  return {
    status,
    failure,
    ...window(expiresAt),
    poisonedAt: status === 'POISONED' ? releasedAt : undefined,
  }
}

function window(expiresAt: number): Attributes {
  return { expiresAt, ttl: ttlSeconds(expiresAt) }
}
