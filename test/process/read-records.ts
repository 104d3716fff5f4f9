import { BatchGetItemCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { TABLE_KEY } from '../../src/protocol/names.ts'
import type { FinalRecord, Look } from './evidence.ts'
import { recordId } from './record-id.ts'

/** Every record of the table. */
export async function scanRecords(client: DynamoDBClient, table: string): Promise<FinalRecord[]> {
  const records: FinalRecord[] = []
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    for (const { [TABLE_KEY]: id, status, fence, attempts, leaseUntil } of Items) {
      records.push({
        id: id?.S ?? '',
        status: status?.S ?? '',
        fence: Number(fence?.N),
        attempts: Number(attempts?.N),
        leaseUntil: leaseUntil === undefined ? undefined : Number(leaseUntil.N),
      })
    }
  }
  return records
}

/** What the records of these messages (at most 100) say now. */
export async function lookAt(
  client: DynamoDBClient,
  table: string,
  messageIds: readonly string[],
): Promise<Look> {
  const messageOf = new Map(messageIds.map((messageId) => [recordId(messageId), messageId]))
  const Keys = [...messageOf.keys()].map((id) => ({ [TABLE_KEY]: { S: id } }))
  const { Responses } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
  )
  const statuses = new Map<string, string>()
  for (const { [TABLE_KEY]: id, status } of Responses?.[table] ?? []) {
    const messageId = messageOf.get(id?.S ?? '')
    if (messageId !== undefined) statuses.set(messageId, status?.S ?? '')
  }
  return { time: Date.now(), statuses }
}
