import type { AttributeValue, BatchStatementRequest } from '@aws-sdk/client-dynamodb'
import type { Claimable } from '../../protocol/decide.ts'
import { formerAttempts } from '../../protocol/decide.ts'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { ClaimRequest, HeldClaim, Settlement } from '../contract.ts'
import { n, s } from './item.ts'

/**
 * Every PartiQL text that is ever sent. Grammar kept to what is known to mean the same on DynamoDB and on the local
 * servers: one SET with commas, at most one REMOVE, `?` parameters, double-quoted names, `=` joined by AND.
 * INSERT demands that the item is absent; UPDATE never creates.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 */
export interface Statements {
  insert(request: ClaimRequest, now: number): BatchStatementRequest
  takeOver(request: ClaimRequest, observed: IdempotencyRecord, why: Claimable): BatchStatementRequest
  settle(settlement: Settlement): BatchStatementRequest
}

const IN_PROGRESS = s('IN_PROGRESS')
const COMPLETED = s('COMPLETED')
const VERSION = n(SCHEMA_VERSION)
const ONE = n(1)

export function statementsFor(table: string): Statements {
  const target = `"${table.replaceAll('"', '""')}"`
  const held = ' WHERE "id"=? AND "status"=? AND "owner"=? AND "fence"=?'

  const insertAlways =
    "'id': ?, 'schemaVersion': ?, 'status': ?, 'owner': ?, 'fence': ?, 'attempts': ?, 'leaseUntil': ?, 'expiresAt': ?, 'ttl': ?, 'firstSeenAt': ?"
  const insertTexts = [0, 1, 2, 3].map(
    (form) =>
      `INSERT INTO ${target} VALUE {${insertAlways}${form & 1 ? ", 'fingerprint': ?" : ''}${form & 2 ? ", 'messageId': ?, 'receiveCount': ?" : ''}}`,
  )
  const takeOverHead = `UPDATE ${target} SET "status"=?, "owner"=?, "fence"=?, "attempts"=?, "leaseUntil"=?, "expiresAt"=?, "ttl"=?`
  const completeHead = `UPDATE ${target} SET "status"=?, "completedAt"=?, "expiresAt"=?, "ttl"=?`
  const complete = `${completeHead} REMOVE "leaseUntil"${held}`
  const completeWithResult = `${completeHead}, "result"=? REMOVE "leaseUntil"${held}`
  const releaseHead = `UPDATE ${target} SET "status"=?, "failure"=?, "expiresAt"=?, "ttl"=?`
  const release = `${releaseHead} REMOVE "leaseUntil"${held}`
  const poison = `${releaseHead}, "poisonedAt"=? REMOVE "leaseUntil"${held}`
  const extend = `UPDATE ${target} SET "leaseUntil"=?${held}`

  return {
    insert(request, now) {
      const parameters: AttributeValue[] = [
        s(request.id),
        VERSION,
        IN_PROGRESS,
        s(request.owner),
        n(now),
        ONE,
        n(request.leaseUntil),
        n(request.expiresAt),
        n(ttlSeconds(request.expiresAt)),
        n(now),
      ]
      let form = 0
      if (request.fingerprint !== undefined) {
        form |= 1
        parameters.push(s(request.fingerprint))
      }
      if (request.messageId !== undefined) {
        form |= 2
        parameters.push(s(request.messageId), n(request.receiveCount ?? 1))
      }
      return statement(insertTexts[form], parameters)
    },

    takeOver(request, observed, why) {
      let text = takeOverHead
      const parameters: AttributeValue[] = [
        IN_PROGRESS,
        s(request.owner),
        n(observed.fence + 1),
        n(formerAttempts(why, observed) + 1),
        n(request.leaseUntil),
        n(request.expiresAt),
        n(ttlSeconds(request.expiresAt)),
      ]
      if (request.fingerprint !== undefined) {
        text += ', "fingerprint"=?'
        parameters.push(s(request.fingerprint))
      }
      if (request.messageId !== undefined) {
        text += ', "messageId"=?, "receiveCount"=?'
        parameters.push(s(request.messageId), n(request.receiveCount ?? 1))
      }
      if (observed.result !== undefined) text += ' REMOVE "result"'
      // Owner and fence alone would not do: the owner itself may have completed or extended since we read.
      text += held
      parameters.push(s(request.id), s(observed.status), s(observed.owner), n(observed.fence))
      if (why === 'takeover') {
        text += ' AND "leaseUntil"=?'
        parameters.push(n(observed.leaseUntil ?? 0))
      }
      return statement(text, parameters)
    },

    settle(settlement) {
      const { claim } = settlement
      switch (settlement.kind) {
        case 'complete': {
          const { completedAt, expiresAt, result } = settlement
          const values = [COMPLETED, n(completedAt), n(expiresAt), n(ttlSeconds(expiresAt))]
          if (result === undefined) return statement(complete, values, claim)
          values.push(s(result))
          return statement(completeWithResult, values, claim)
        }
        case 'release': {
          const { status, failure, expiresAt, releasedAt } = settlement
          const values = [s(status), s(failure), n(expiresAt), n(ttlSeconds(expiresAt))]
          if (status === 'FAILED') return statement(release, values, claim)
          values.push(n(releasedAt))
          return statement(poison, values, claim)
        }
        case 'extend':
          return statement(extend, [n(settlement.leaseUntil)], claim)
      }
    },
  }
}

function statement(
  text: string | undefined,
  parameters: AttributeValue[],
  claim?: HeldClaim,
): BatchStatementRequest {
  if (claim !== undefined) parameters.push(s(claim.id), IN_PROGRESS, s(claim.owner), n(claim.fence))
  return { Statement: text, Parameters: parameters, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
}
