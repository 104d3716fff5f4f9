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
  /** What must be equal where a known key comes again; the subject's default when missing. */
  readonly payload?: Payload | undefined
  /** An asynchronous check of the parsed body, before the work. */
  readonly validates?: ((body: unknown) => Promise<void>) | undefined
  /** Runs of one message after which it is to be given up; see `Stage.queued`. */
  readonly mostRuns?: number | undefined
  /** Keep what the handler returns. */
  readonly storeResult: boolean
  /** A Middy handler with an early timeout this long before the end, milliseconds. */
  readonly earlyTimeoutMs?: number | undefined
  /** A handler of the whole batch with Middy's sqs-partial-batch-failure around it. */
  readonly partialBatchMiddleware: boolean
  /** A handler of the whole batch that sorts `event.Records` in place, latest message id first. */
  readonly sortsBatch: boolean
  /** After its messages were handled, the handler adds to its answer those with this in their id. */
  readonly alsoReports?: string | undefined
  /** Lambda Managed Instances: several invocations in one process, and none is killed at its deadline. */
  readonly managedInstances: boolean
  /** Throws on every line that the subject logs or reports. */
  readonly brokenLogger: boolean
  /** The table of records is not there. */
  readonly tableMissing: boolean
}

/**
 * `checked`: the body. `ignored`: nothing. `a set`: in code, a selector that returns a Set; in JMESPath, which has none, the
 * array that the Set is made of. `not there`: a selector of something that the body does not have.
 */
export type Payload = 'checked' | 'ignored' | 'a set' | 'not there'

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

/** The work with the check of the body before it, where a subject has no place of its own for one. */
export function validated({
  settings: { validates },
  work,
}: Pick<Parts, 'settings' | 'work'>): Parts['work'] {
  if (validates === undefined) return work
  return async (call) => {
    await validates(JSON.parse(call.record.body))
    return await work(call)
  }
}

/** What a handler adds to its answer, in Lambda's form. */
export function alsoReported(
  { alsoReports }: FunctionSettings,
  { Records: records }: { readonly Records: readonly { readonly messageId: string }[] },
): { itemIdentifier: string }[] {
  if (alsoReports === undefined) return []
  return records
    .filter(({ messageId }) => messageId.includes(alsoReports))
    .map(({ messageId }) => ({ itemIdentifier: messageId }))
}

/** Latest message id first. */
export function sortInPlace(records: SQSRecord[]): void {
  records.sort((a, b) => (a.messageId < b.messageId ? 1 : -1))
}

export interface Subject {
  readonly name: SubjectName
  /** The configuration in a line or two, for the reader of the table. */
  readonly configuration: string
  /** Whether it has a limit of its own for the runs of one message. */
  readonly limitsRuns: boolean
  /** The SDK client that the subject makes when it is given none; its request handler and attempts are used. */
  readonly defaultClient: () => DynamoDBClient
  readonly create: (parts: Parts) => (event: SQSEvent, context: Context) => Promise<unknown>
}
