import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { ENVIRONMENT, NAMESPACE_SEPARATOR, TABLE_KEY } from '../../src/protocol/names.ts'
import type { LocalPair } from './stack.ts'

/** A record as it lies in the table: attribute → its text. */
export type StoredRecord = Readonly<Record<string, string>>

/** All records of a function's namespace, straight from the table. */
export async function readRecords(client: DynamoDBClient, { handler }: LocalPair): Promise<StoredRecord[]> {
  const { [ENVIRONMENT.table]: table, [ENVIRONMENT.namespace]: namespace } = handler.environment
  const records: StoredRecord[] = []
  let from: Record<string, never> | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    )
    for (const item of Items) {
      if (!item[TABLE_KEY]?.S?.startsWith(`${namespace}${NAMESPACE_SEPARATOR}`)) continue
      records.push(Object.fromEntries(Object.entries(item).map(([name, { S, N }]) => [name, S ?? N ?? ''])))
    }
    // Handed back as it came.
    from = LastEvaluatedKey as typeof from
  } while (from)
  return records
}

/** Ids of the messages in a dead-letter queue. They stay there, invisible for the time of this run. */
export async function readDeadLetters(client: SQSClient, queueUrl: string): Promise<string[]> {
  const ids: string[] = []
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    )
    if (Messages.length === 0) return ids
    for (const { MessageId } of Messages) if (MessageId) ids.push(MessageId)
  }
}
