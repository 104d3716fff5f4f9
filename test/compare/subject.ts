import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'

export const SUBJECTS = ['oncekit', 'powertools', 'middy'] as const
export type SubjectName = (typeof SUBJECTS)[number]

/** What a scenario asks of a function's configuration; each subject says it in its own documented way. */
export interface FunctionSettings {
  readonly functionName: string
  /** What identifies the work. */
  readonly key: 'messageId' | 'orderId' | 'customer and product' | 'whole body' | 'default'
  /** Deduplication window, seconds; the subject's default when missing. */
  readonly windowSeconds?: number | undefined
  readonly fifo: boolean
  /** Refuse a known key that comes with another payload. */
  readonly checkPayload: boolean
  /** Keep what the handler returns. */
  readonly storeResult: boolean
  /** A Middy handler with an early timeout this long before the end, milliseconds. */
  readonly earlyTimeoutMs?: number | undefined
  /** A handler of the whole batch with Middy's sqs-partial-batch-failure around it. */
  readonly partialBatchMiddleware: boolean
  /** Throws on every line that the subject logs or reports. */
  readonly brokenLogger: boolean
  /** The table of records is not there. */
  readonly tableMissing: boolean
}

/** One run of the user's own work. */
export interface Call {
  readonly record: SQSRecord
  /** Aborts when the work should stop; oncekit gives one, and so does Middy. */
  readonly signal?: AbortSignal | undefined
}

export interface Parts {
  readonly client: DynamoDBClient
  readonly table: string
  readonly settings: FunctionSettings
  readonly work: (call: Call) => Promise<unknown>
}

export interface Subject {
  readonly name: SubjectName
  /** The configuration in a line or two, for the reader of the table. */
  readonly configuration: string
  /** The SDK client that the subject makes when it is given none; its request handler is used. */
  readonly defaultClient: () => DynamoDBClient
  readonly create: (parts: Parts) => (event: SQSEvent, context: Context) => Promise<unknown>
}
