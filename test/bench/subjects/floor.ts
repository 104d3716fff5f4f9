import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  type BatchStatementRequest,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import type { CreateSubject } from '../subject.ts'

/**
 * The least that records every message: per 25 of them one batch of INSERTs before and one of conditional UPDATEs
 * after, and one BatchGetItem beside the INSERTs for the redelivered ones. It checks nothing: no key, no
 * fingerprint, no lease, no answer of any statement, no deadline, no retry. What is above it is what safety costs.
 */
const STATEMENTS_PER_REQUEST = 25
const REQUESTS_AT_ONCE = 10
const WINDOW_MS = 14 * 24 * 3600 * 1000

export const create: CreateSubject = ({ table, client = new DynamoDBClient({}), work }) => {
  const insert = `INSERT INTO "${table}" VALUE {'id': ?, 'status': ?, 'owner': ?, 'leaseUntil': ?, 'expiresAt': ?, 'ttl': ?}`
  const take = `UPDATE "${table}" SET "status"=?, "owner"=?, "leaseUntil"=? WHERE "id"=? AND "owner"=?`
  const settle = `UPDATE "${table}" SET "status"=?, "expiresAt"=?, "ttl"=? REMOVE "leaseUntil" WHERE "id"=? AND "owner"=?`

  async function execute(statements: BatchStatementRequest[]): Promise<void> {
    if (statements.length > 0) await client.send(new BatchExecuteStatementCommand({ Statements: statements }))
  }

  async function read(ids: string[]): Promise<Record<string, AttributeValue>[]> {
    if (ids.length === 0) return []
    const answer = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [table]: { Keys: ids.map((id) => ({ id: { S: id } })), ConsistentRead: true } },
      }),
    )
    return answer.Responses?.[table] ?? []
  }

  async function chunk(records: SQSRecord[], owner: string, leaseUntil: number): Promise<string[]> {
    const now = Date.now()
    const fresh = records.filter((record) => record.attributes.ApproximateReceiveCount === '1')
    const again = records.filter((record) => record.attributes.ApproximateReceiveCount !== '1')
    const expires = [{ N: String(now + WINDOW_MS) }, { N: String(Math.ceil((now + WINDOW_MS) / 1000)) }]
    const [items] = await Promise.all([
      read(again.map((record) => record.messageId)),
      execute(
        fresh.map(({ messageId }) => ({
          Statement: insert,
          Parameters: [
            { S: messageId },
            { S: 'IN_PROGRESS' },
            { S: owner },
            { N: String(leaseUntil) },
            ...expires,
          ],
        })),
      ),
    ])
    const stuck = items.filter((item) => item['status']?.S === 'IN_PROGRESS')
    await execute(
      stuck.map((item) => ({
        Statement: take,
        Parameters: [
          { S: 'IN_PROGRESS' },
          { S: owner },
          { N: String(leaseUntil) },
          { S: item['id']?.S ?? '' },
          { S: item['owner']?.S ?? '' },
        ],
      })),
    )
    const claimed = [...fresh.map((record) => record.messageId), ...stuck.map((item) => item['id']?.S ?? '')]
    const results = await Promise.allSettled(claimed.map((messageId) => work(messageId)))
    const failed = claimed.filter((_, index) => results[index]?.status === 'rejected')
    await execute(
      claimed.map((messageId, index) => ({
        Statement: settle,
        Parameters: [
          { S: results[index]?.status === 'fulfilled' ? 'COMPLETED' : 'FAILED' },
          ...expires,
          { S: messageId },
          { S: owner },
        ],
      })),
    )
    return failed
  }

  return async (event: SQSEvent, context) => {
    const owner = context.awsRequestId
    const leaseUntil = Date.now() + context.getRemainingTimeInMillis()
    const failed: string[] = []
    let next = 0
    const lane = async () => {
      while (next < event.Records.length) {
        const records = event.Records.slice(next, next + STATEMENTS_PER_REQUEST)
        next += STATEMENTS_PER_REQUEST
        failed.push(...(await chunk(records, owner, leaseUntil)))
      }
    }
    await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, lane))
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
  }
}
