import type { AttributeValue, IdempotencyKey } from './message.ts'
import type { SqsRecord } from './sqs-record.ts'

/**
 * What Amazon SNS puts around a message of a subscription without raw message delivery.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export interface SnsEnvelope {
  /** New at every publish. SNS may deliver one more than once. */
  readonly messageId: string
  readonly topicArn: string
  readonly subject: string | undefined
  /** When it was published, ISO 8601. */
  readonly timestamp: string
}

/**
 * What Amazon EventBridge puts around the detail of an event.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
export interface EventBridgeEnvelope {
  /** New for every event that is put. EventBridge may deliver one more than once. */
  readonly id: string
  readonly source: string
  readonly detailType: string
  readonly account: string
  readonly region: string
  /** ISO 8601. */
  readonly time: string
  readonly resources: readonly string[]
  /** Of the replay of an archive that has put the event again; else `undefined`. */
  readonly replayName: string | undefined
}

/** What comes from Amazon S3: told apart by `kind`. */
export type S3Envelope = S3Notification | S3Pointer | S3Test

/**
 * An event notification of a bucket.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export interface S3Notification {
  readonly kind: 'notification'
  /** For example `ObjectCreated:Put`. */
  readonly eventName: string
  /** ISO 8601. */
  readonly eventTime: string
  readonly region: string
  readonly bucket: string
  /** Object key, decoded. */
  readonly key: string
  readonly versionId: string | undefined
  readonly eTag: string | undefined
  /** Bytes. */
  readonly size: number | undefined
  /** Grows with the events of one object key; not there for every kind of event. */
  readonly sequencer: string | undefined
}

/** A message of the SQS extended client: its body is an object in S3. */
export interface S3Pointer {
  readonly kind: 'pointer'
  readonly bucket: string
  readonly key: string
}

/** Sent once by S3 when notifications are set up, to see whether it may. */
export interface S3Test {
  readonly kind: 'test'
  readonly bucket: string
}

/** What an `envelope` function found inside of a record. */
export interface Unwrapped<Envelope = unknown> {
  /** The text inside: parsed and checked by `schema`, compared by `fingerprint: 'body'`. */
  readonly body: string
  /**
   * Message attributes inside, the `idempotency-key` among them.
   * @default those of the record
   */
  readonly attributes?: Readonly<Record<string, AttributeValue>> | undefined
  /**
   * The key where neither the `key` option nor an `idempotency-key` attribute gives one.
   * @default `messageId`
   */
  readonly key?: IdempotencyKey | undefined
  /** Becomes `message.envelope`. */
  readonly envelope?: Envelope | undefined
}

/** Opens an envelope of one's own. `undefined`: this record has none. May be asynchronous, as to fetch what is inside. */
export type Unwrap = (record: SqsRecord) => Unwrapped | undefined | Promise<Unwrapped | undefined>

/** The `envelope` option. */
export type EnvelopeOption = 'sns' | 'eventbridge' | 's3' | Unwrap

/** Type of `message.envelope` under an `envelope` option. */
export type EnvelopeOf<Option> = Option extends 'sns'
  ? SnsEnvelope
  : Option extends 'eventbridge'
    ? EventBridgeEnvelope
    : Option extends 's3'
      ? S3Envelope
      : Option extends (record: never) => infer Result
        ? FoundIn<Awaited<Result>>
        : unknown

/** Over each way in which the function may answer. */
export type FoundIn<Result> = Result extends { readonly envelope?: infer Envelope } ? Envelope : undefined
