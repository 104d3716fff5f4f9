import {
  CreateTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { TABLE_KEY, TTL_ATTRIBUTE } from '../../src/protocol/names.ts'

export interface TableOptions {
  /** Servers that do not know time to live can do without: nothing depends on it. @default true */
  readonly timeToLive?: boolean | undefined
}

/** Creates a table for idempotency records as the infrastructure does: one partition key, on demand, time to live. */
export async function createTable(
  client: DynamoDBClient,
  table: string,
  { timeToLive = true }: TableOptions = {},
): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      AttributeDefinitions: [{ AttributeName: TABLE_KEY, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: TABLE_KEY, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName: table })
  if (!timeToLive) return
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: table,
      TimeToLiveSpecification: { Enabled: true, AttributeName: TTL_ATTRIBUTE },
    }),
  )
}
