import type { Observer } from '../observe/events.ts'
import type { LogErrors, Logger } from '../observe/logger.ts'
import type { EnvelopeOf, EnvelopeOption } from '../protocol/envelopes.ts'
import type { KeyCandidate, Message, ReceivedMessage } from '../protocol/message.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { RecordStore } from '../store/contract.ts'
import type { DynamoClient } from '../store/dynamodb/client.ts'
import type { Duration } from './durations.ts'
import type { InferOutput, StandardSchemaV1 } from './standard-schema.ts'

/** Type of `message.body`: what the schema returns; without a schema the raw string. */
export type BodyOf<Schema extends StandardSchemaV1 | undefined> = Schema extends StandardSchemaV1
  ? InferOutput<Schema>
  : string

/** How a handler's result is kept beside its record. */
export interface StoreResultOptions {
  /**
   * Largest serialised result, in bytes of UTF-8. A larger one is dropped with a warning; the completion stands.
   * At most 300,000: a DynamoDB item holds 400 KB, and a failed conditional write is billed by the stored item.
   * @default 65536
   */
  readonly maxBytes?: number | undefined
  /**
   * Result to string; `undefined`: there is nothing to store.
   * @default as JSON, if it is exact: a result of which JSON would leave something out or change it (a Date, a Map, NaN, a
   * field that is `undefined`, an instance of a class) is dropped with a warning that names the place
   */
  readonly serialize?: ((result: unknown) => string | undefined) | undefined
  /**
   * String to result.
   * @default JSON.parse
   */
  readonly deserialize?: ((stored: string) => unknown) | undefined
}

/** Options of `sqsHandler` and `idempotentBatch`. Checked once, at start: a mistake is a `ConfigError`. */
export interface Options<
  Schema extends StandardSchemaV1 | undefined = undefined,
  Envelope extends EnvelopeOption | undefined = undefined,
> {
  /**
   * Name or ARN of the DynamoDB table that holds the records. Either this or `store`.
   * @default the environment's `ONCEKIT_TABLE`
   * @example 'orders-idempotency'
   */
  readonly table?: string | undefined
  /**
   * Where records live, instead of `table`.
   * @example dynamoStore({ table: 'orders-idempotency', batching: false })
   */
  readonly store?: RecordStore | undefined
  /**
   * DynamoDB client to use with `table`: the SDK's, or anything of its shape.
   * @default a new `DynamoDBClient` of `@aws-sdk/client-dynamodb`, made at the first batch
   * @example new DynamoDBClient({ region: 'eu-central-1' })
   */
  readonly client?: DynamoClient | undefined
  /**
   * Keeps the records of different functions apart in one table: `A-Z a-z 0-9 . _ -`, 1 to 64 of them.
   * Changing it makes every message look new.
   * @default the environment's `ONCEKIT_NAMESPACE`, else `AWS_LAMBDA_FUNCTION_NAME`
   * @example 'charge-orders'
   */
  readonly namespace?: string | undefined
  /**
   * Deduplication window of this function, counted from completion: a number of seconds, or a number with unit.
   * It must outlive every redelivery, so at least the source queue's retention plus its visibility timeout.
   * @default the environment's `ONCEKIT_TTL` (whole seconds), else 14 days
   * @example '14d'
   */
  readonly ttl?: Duration | undefined
  /**
   * Idempotency key of a message: one part, or several that together identify the work. When it returns nothing, an
   * empty string, or a number that may have been rounded (a whole one beyond 2^53, one of the body with more digits than
   * `JSON.parse` keeps, also inside a text), the record fails with `KEY_MISSING`: send such numbers as text.
   * @default the message attribute `idempotency-key`, else what the `envelope` has as its own id, else `messageId`
   * @example (message) => message.body.orderId
   */
  readonly key?:
    | ((message: ReceivedMessage<BodyOf<Schema>, EnvelopeOf<Envelope>>) => KeyCandidate)
    | undefined
  /**
   * Checks and types the body: any Standard Schema (zod, valibot, arktype, …). The body is parsed as JSON first.
   * A body that does not parse fails alone; the rest of the batch runs. May be asynchronous: all records wait at the same
   * time, at most half of the invocation's; what has not answered by then comes back.
   * @default none: `message.body` is the raw string
   * @example z.object({ orderId: z.string(), cents: z.int() })
   */
  readonly schema?: Schema
  /**
   * What another service has put around the message: body, attributes and key are taken from inside, and
   * `message.envelope` has the rest. A function opens an envelope of one's own; give it before `key` and `fingerprint`,
   * so that its type reaches them. A body that is no such envelope fails with `MESSAGE_INVALID`.
   * @default none: the body is the message
   * @example 'sns'
   * @example (record) => ({ body: JSON.parse(record.body).payload })
   */
  readonly envelope?: Envelope
  /**
   * What must be equal when a key comes again; otherwise the record fails with `PAYLOAD_MISMATCH`.
   * `'body'`: the raw body. `false`: nothing. A function: what it returns, compared by value: plain objects, arrays,
   * strings, booleans, `null`, and numbers that cannot have been rounded. A field that is `undefined` is missing. Anything
   * else (a Date, a Map, a promise, `undefined` in an array) fails with `MESSAGE_INVALID`.
   * @default 'body'
   * @example (message) => [message.body.orderId, message.body.cents]
   */
  readonly fingerprint?:
    | 'body'
    | false
    | ((message: Message<BodyOf<Schema>, EnvelopeOf<Envelope>>) => unknown)
    | undefined
  /**
   * Records of one batch that run at once, 1 to 1,000. On a FIFO queue: groups at once.
   * @default 10
   */
  readonly concurrency?: number | undefined
  /**
   * FIFO queues only: what the first unacknowledged record stops. `'group'`: the rest of its group. `'batch'`: all.
   * @default 'group'
   */
  readonly fifo?: 'group' | 'batch' | undefined
  /**
   * Attempts before a message is given up (POISONED), 1 to 1,000. Counts claims, not deliveries.
   * @default none: the queue's `maxReceiveCount` decides
   */
  readonly maxAttempts?: number | undefined
  /**
   * What to do when the store is throttled or does not answer at claim time. `'fail'`: report the record.
   * `'run'`: run it without a record, so it may run twice. Never applies to a missing table or refused access.
   * @default 'fail'
   */
  readonly onStoreUnavailable?: 'fail' | 'run' | undefined
  /**
   * How far a host's clock may be off, in milliseconds, 0 to 60,000. A stuck item is taken over twice this after
   * its lease has ended. A host that is certainly further off is corrected by the `Date` of the table's answers.
   * @default 1000
   */
  readonly clockErrorMs?: number | undefined
  /**
   * How long a lease outlasts its invocation, in milliseconds, 0 to 60,000: Lambda has been seen to kill 0.7 s late.
   * @default 1000
   */
  readonly leaseGraceMs?: number | undefined
  /**
   * Time kept back at the end of an invocation, in milliseconds, 100 to 60,000. No record starts in it, and at its start
   * the signals of running ones abort; whoever settles in its first two thirds is still completed or released, the rest
   * is for settlements and the answer.
   * @default 1500
   */
  readonly deadlineReserveMs?: number | undefined
  /**
   * Keep the handler's result with its record.
   * @default false
   */
  readonly storeResult?: boolean | StoreResultOptions | undefined
  /**
   * Sees every event, in place of the default; `false`: none. It cannot change an outcome.
   * @default one line of CloudWatch metrics (embedded metric format) per batch on standard output; none where the
   * environment's `ONCEKIT_METRICS` is `off`, as in tests
   * @example (event) => event.kind === 'batch' && statsd.increment('claimed', event.counts.claimed)
   */
  readonly observer?: Observer | false | undefined
  /**
   * Where warnings go: `console`, Powertools' Logger or anything of that shape, which takes the sentence first and an
   * object of fields second; pino and bunyan, which take the fields first, are recognised. `false`: nowhere. When it
   * throws or rejects, the line goes to standard output.
   * @default one line of JSON per warning on standard output
   */
  readonly logger?: Logger | false | undefined
  /**
   * How much of an error the log shows that your own code has thrown: a handler, or the function of an option. `'name'`:
   * its class. `'message'`: the message too, 256 characters of it, and those of its causes. `'stack'`: the first frames too. A logger of your own
   * gets the error itself, as `error`, unless it is `'name'`. Records keep the class name only.
   * @default 'stack'
   */
  readonly logErrors?: LogErrors | undefined
  /**
   * Clocks, timers and randomness, for tests and simulation.
   * @default those of this process
   */
  readonly runtime?: Runtime | undefined
}
