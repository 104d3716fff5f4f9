import type { PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import { type Claimable, formerAttempts } from '../../protocol/decide.ts'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { ClaimRequest } from '../contract.ts'
import { type Item, n, s } from './item.ts'

const NAMES = {
  '#status': 'status',
  '#owner': 'owner',
  '#fence': 'fence',
  '#attempts': 'attempts',
  '#leaseUntil': 'leaseUntil',
  '#expiresAt': 'expiresAt',
  '#ttl': 'ttl',
  '#result': 'result',
}

/** A first delivery: put where nothing is. */
export function insertInput(table: string, request: ClaimRequest, now: number): PutItemCommandInput {
  const item: Item = {
    id: s(request.id),
    schemaVersion: n(SCHEMA_VERSION),
    status: s('IN_PROGRESS'),
    owner: s(request.owner),
    fence: n(now),
    attempts: n(1),
    leaseUntil: n(request.leaseUntil),
    expiresAt: n(request.expiresAt),
    ttl: n(ttlSeconds(request.expiresAt)),
    firstSeenAt: n(now),
  }
  if (request.fingerprint !== undefined) item['fingerprint'] = s(request.fingerprint)
  if (request.messageId !== undefined) {
    item['messageId'] = s(request.messageId)
    item['receiveCount'] = n(request.receiveCount ?? 1)
  }
  return {
    TableName: table,
    Item: item,
    ConditionExpression: 'attribute_not_exists(id)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/**
 * A redelivery that comes alone: claim in one conditional write what is absent, stuck, or failed with the same
 * payload. A record whose window is over is left to the second look, because its attempts start again from one.
 * Returns the old item, which tells what was taken over.
 */
export function claimOverInput(
  table: string,
  request: ClaimRequest,
  now: number,
  marginMs: number,
): UpdateItemCommandInput {
  const compared = request.fingerprint !== undefined
  const samePayload = compared
    ? ' AND (attribute_not_exists(#fingerprint) OR #fingerprint = :fingerprint)'
    : ''
  const values: Item = {
    ...claimValues(request),
    ':version': n(SCHEMA_VERSION),
    ':failed': s('FAILED'),
    ':stale': n(now - marginMs),
    ':beforeFirst': n(now - 1),
    ':zero': n(0),
    ':one': n(1),
    ':now': n(now),
  }
  return {
    TableName: table,
    Key: { id: s(request.id) },
    UpdateExpression: `SET schemaVersion = :version, #status = :inProgress, #owner = :owner, #fence = if_not_exists(#fence, :beforeFirst) + :one, #attempts = if_not_exists(#attempts, :zero) + :one, #leaseUntil = :leaseUntil, #expiresAt = :expiresAt, #ttl = :ttl, firstSeenAt = if_not_exists(firstSeenAt, :now)${compared ? ', #fingerprint = :fingerprint' : ''}${auditText(request)} REMOVE #result`,
    ConditionExpression: `attribute_not_exists(id) OR (schemaVersion = :version AND #expiresAt >= :stale AND ((#status = :inProgress AND #leaseUntil < :stale) OR #status = :failed)${samePayload})`,
    ExpressionAttributeNames: compared ? { ...NAMES, '#fingerprint': 'fingerprint' } : NAMES,
    ExpressionAttributeValues: values,
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/** Claims over exactly the record that was observed: its owner, fence, status and lease. */
export function takeOverInput(
  table: string,
  request: ClaimRequest,
  observed: IdempotencyRecord,
  why: Claimable,
): UpdateItemCommandInput {
  const compared = request.fingerprint !== undefined
  const values: Item = {
    ...claimValues(request),
    ':fence': n(observed.fence + 1),
    ':attempts': n(formerAttempts(why, observed) + 1),
    ':seenStatus': s(observed.status),
    ':seenOwner': s(observed.owner),
    ':seenFence': n(observed.fence),
  }
  // Owner and fence alone would not do: the owner itself may have completed or extended since we read.
  let condition = '#owner = :seenOwner AND #fence = :seenFence AND #status = :seenStatus'
  if (why === 'takeover') {
    condition += ' AND #leaseUntil = :seenLease'
    values[':seenLease'] = n(observed.leaseUntil ?? 0)
  }
  return {
    TableName: table,
    Key: { id: s(request.id) },
    UpdateExpression: `SET #status = :inProgress, #owner = :owner, #fence = :fence, #attempts = :attempts, #leaseUntil = :leaseUntil, #expiresAt = :expiresAt, #ttl = :ttl${compared ? ', #fingerprint = :fingerprint' : ''}${auditText(request)} REMOVE #result`,
    ConditionExpression: condition,
    ExpressionAttributeNames: compared ? { ...NAMES, '#fingerprint': 'fingerprint' } : NAMES,
    ExpressionAttributeValues: values,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

function claimValues(request: ClaimRequest): Item {
  const values: Item = {
    ':inProgress': s('IN_PROGRESS'),
    ':owner': s(request.owner),
    ':leaseUntil': n(request.leaseUntil),
    ':expiresAt': n(request.expiresAt),
    ':ttl': n(ttlSeconds(request.expiresAt)),
  }
  if (request.fingerprint !== undefined) values[':fingerprint'] = s(request.fingerprint)
  if (request.messageId !== undefined) {
    values[':messageId'] = s(request.messageId)
    values[':receiveCount'] = n(request.receiveCount ?? 1)
  }
  return values
}

function auditText(request: ClaimRequest): string {
  return request.messageId === undefined ? '' : ', messageId = :messageId, receiveCount = :receiveCount'
}
