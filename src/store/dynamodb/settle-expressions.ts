import type { PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { Settlement } from '../contract.ts'
import { type Item, n, s } from './item.ts'

type Completion = Extract<Settlement, { kind: 'complete' }>

/** One settlement as a single-item update: the same condition as the batch form's WHERE. */
export function settleInput(table: string, settlement: Settlement): UpdateItemCommandInput {
  const { claim } = settlement
  const change = changeOf(settlement)
  return {
    TableName: table,
    Key: { id: s(claim.id) },
    UpdateExpression: change.text,
    ConditionExpression: '#status = :inProgress AND #owner = :owner AND #fence = :fence',
    ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner', '#fence': 'fence', ...change.names },
    ExpressionAttributeValues: {
      ':inProgress': s('IN_PROGRESS'),
      ':owner': s(claim.owner),
      ':fence': n(claim.fence),
      ...change.values,
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/** The record of a completion whose claim is gone (deleted mid-run): put where nothing is, or not at all. */
export function putCompletedInput(table: string, settlement: Completion): PutItemCommandInput {
  const { claim, completedAt, expiresAt, result } = settlement
  const item: Item = {
    id: s(claim.id),
    schemaVersion: n(SCHEMA_VERSION),
    status: s('COMPLETED'),
    owner: s(claim.owner),
    fence: n(claim.fence),
    attempts: n(claim.attempt),
    completedAt: n(completedAt),
    expiresAt: n(expiresAt),
    ttl: n(ttlSeconds(expiresAt)),
  }
  if (claim.fingerprint !== undefined) item['fingerprint'] = s(claim.fingerprint)
  if (result !== undefined) item['result'] = s(result)
  return {
    TableName: table,
    Item: item,
    ConditionExpression: 'attribute_not_exists(id)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

interface Change {
  readonly text: string
  readonly names: Readonly<Record<string, string>>
  readonly values: Item
}

function changeOf(settlement: Settlement): Change {
  switch (settlement.kind) {
    case 'complete': {
      const { completedAt, expiresAt, result } = settlement
      const values: Item = {
        ':completed': s('COMPLETED'),
        ':at': n(completedAt),
        ':expiresAt': n(expiresAt),
        ':ttl': n(ttlSeconds(expiresAt)),
      }
      if (result !== undefined) values[':result'] = s(result)
      return {
        text: `SET #status = :completed, completedAt = :at, expiresAt = :expiresAt, #ttl = :ttl${result === undefined ? '' : ', #result = :result'} REMOVE leaseUntil`,
        names: result === undefined ? { '#ttl': 'ttl' } : { '#ttl': 'ttl', '#result': 'result' },
        values,
      }
    }
    case 'release': {
      const { status, failure, releasedAt, expiresAt } = settlement
      const values: Item = {
        ':released': s(status),
        ':failure': s(failure),
        ':expiresAt': n(expiresAt),
        ':ttl': n(ttlSeconds(expiresAt)),
      }
      if (status === 'POISONED') values[':poisonedAt'] = n(releasedAt)
      return {
        text: `SET #status = :released, failure = :failure, expiresAt = :expiresAt, #ttl = :ttl${status === 'POISONED' ? ', poisonedAt = :poisonedAt' : ''} REMOVE leaseUntil`,
        names: { '#ttl': 'ttl' },
        values,
      }
    }
    case 'extend':
      return {
        text: 'SET leaseUntil = :leaseUntil',
        names: {},
        values: { ':leaseUntil': n(settlement.leaseUntil) },
      }
  }
}
