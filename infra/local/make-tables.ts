import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type { TemplateResource } from './assembly.ts'
import type { LocalResource } from './intrinsics.ts'

/** Makes a table with the template's own key schema, attributes, indexes and time to live. */
export async function makeTable(
  client: DynamoDBClient,
  { id, properties }: TemplateResource,
): Promise<LocalResource> {
  const { KeySchema, AttributeDefinitions, BillingMode, GlobalSecondaryIndexes } = properties
  const TableName = id
  await client.send(
    // What CDK has synthesised is what the API takes: the names are the same.
    new CreateTableCommand({
      TableName,
      KeySchema,
      AttributeDefinitions,
      BillingMode,
      ...(GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes }),
    } as CreateTableCommandInput),
  )
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName })
  const { TimeToLiveSpecification: timeToLive } = properties
  if (typeof timeToLive === 'object' && timeToLive !== null && 'AttributeName' in timeToLive)
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { Enabled: true, AttributeName: String(timeToLive.AttributeName) },
      }),
    )
  return { ref: TableName, attributes: { Arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}` } }
}
