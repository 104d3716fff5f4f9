import type { Runtime } from '../../runtime/runtime.ts'
import { systemRuntime } from '../../runtime/system.ts'
import type { RecordStore } from '../contract.ts'
import { claimAll } from './claim-all.ts'
import { type DynamoClient, defaultClient } from './client.ts'
import { Connection } from './connection.ts'
import { GroupWriter, type WriterOptions } from './group-writer.ts'
import { keepServerDate } from './server-date.ts'
import { settle } from './settle.ts'

/** All at once; what fails as a whole is the queue's to bring back. */
const CLAIMS: WriterOptions = {
  inFlight: Infinity,
  fullInFlight: Infinity,
  tries: 1,
}

/** One request in flight, so that what is done meanwhile goes together; an effect that is done is tried to be confirmed. */
const SETTLEMENTS: WriterOptions = { inFlight: 1, fullInFlight: 4, tries: 4 }

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
  const claims = new GroupWriter(connection, CLAIMS)
  const settlements = new GroupWriter(connection, SETTLEMENTS)
  return {
    claim: (requests, context) => claimAll(connection, claims, requests, context),
    settle: (batch, context) =>
      Promise.all(batch.map((settlement) => settle(settlements, settlement, context))),
  }
}
