import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import { dynamoClient } from '../servers/clients.ts'
import { startDynalite } from '../servers/dynalite.ts'
import { startDynamoDb } from '../servers/dynamodb.ts'
import { createTable, type TableOptions } from '../servers/table.ts'
import { wholeRecordOf } from './whole-record.ts'

/** The real local server with one table, and a way past the store's rules. */
export interface LocalTable {
  readonly endpoint: string
  readonly table: string
  /** Straight to the server, whatever stands between it and the store. */
  readonly client: DynamoDBClient
  get(id: string): Promise<IdempotencyRecord | undefined>
  put(record: IdempotencyRecord): Promise<void>
  delete(id: string): Promise<void>
  stop(): Promise<void>
}

export async function startLocalTable(table = 'records'): Promise<LocalTable> {
  const server = await startDynamoDb({ endpoint: '' })
  return openTable(server, table)
}

/** A table on the second server, which knows less: see dynalite.ts. */
export async function startDynaliteTable(table = 'records'): Promise<LocalTable> {
  return openTable(await startDynalite(), table, { timeToLive: false })
}

async function openTable(
  server: { readonly endpoint: string; stop(): Promise<void> },
  table: string,
  options?: TableOptions,
): Promise<LocalTable> {
  const client = dynamoClient(server.endpoint)
  await createTable(client, table, options)
  return {
    endpoint: server.endpoint,
    table,
    client,
    async get(id) {
      const input = { TableName: table, Key: { id: { S: id } }, ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(input))
      return Item === undefined ? undefined : wholeRecordOf(Item)
    },
    async put(record) {
      const entries = Object.entries(record).filter(([, value]) => value !== undefined)
      const Item = Object.fromEntries(
        entries.map(([name, value]) => [name, typeof value === 'number' ? { N: `${value}` } : { S: value }]),
      )
      await client.send(new PutItemCommand({ TableName: table, Item }))
    },
    async delete(id) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }))
    },
    async stop() {
      client.destroy()
      await server.stop()
    },
  }
}
