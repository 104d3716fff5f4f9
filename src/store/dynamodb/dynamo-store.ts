import type { Runtime } from '../../runtime/runtime.ts'
import { systemRuntime } from '../../runtime/system.ts'
import type { RecordStore } from '../contract.ts'
import { claimMany } from './claim-many.ts'
import { claimOne } from './claim-one.ts'
import { type DynamoClient, defaultClient } from './client.ts'
import { Connection } from './connection.ts'
import { GroupCommit } from './group-commit.ts'
import { keepServerDate } from './server-date.ts'

/** Options of {@link dynamoStore}. */
export interface DynamoStoreOptions {
  /** Name or ARN of the table: partition key `id` (S), no sort key, time to live on `ttl`. */
  readonly table: string
  /**
   * The SDK's `DynamoDBClient`, or anything of its shape. Give it a request timeout: the SDK's default has none.
   * @default a client that cuts an attempt after 3 s and retries it
   */
  readonly client?: DynamoClient | undefined
  /**
   * Claim and settle many records in one request (PartiQL). `false`: one request per record.
   * @default true; turned off by itself when the role may not use the batch form
   */
  readonly batching?: boolean | undefined
  /**
   * Clocks, timers and randomness, for tests.
   * @default the process's own
   */
  readonly runtime?: Runtime | undefined
}

/**
 * Records in a DynamoDB table, batch-first: ten first deliveries are claimed in one request and completed in one or
 * two; redeliveries are read in one request and taken over in one more.
 */
export function dynamoStore(options: DynamoStoreOptions): RecordStore {
  const client = options.client ?? defaultClient()
  keepServerDate(client)
  const connection = new Connection(
    options.table,
    client,
    options.runtime ?? systemRuntime,
    options.batching ?? true,
  )
  const settlements = new GroupCommit(connection)
  return {
    async claim(requests, context) {
      const [first] = requests
      if (first === undefined) return []
      if (requests.length === 1) return [await claimOne(connection, first, context)]
      return claimMany(connection, requests, context)
    },
    settle: (batch, context) =>
      Promise.all(batch.map((settlement) => settlements.settle(settlement, context))),
  }
}
