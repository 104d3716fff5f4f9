import type { SqsEvent } from './sqs-event.ts'

declare const BODY: unique symbol

/**
 * An SQS event whose messages have a body and an envelope of these types: how the types of schema and envelope reach
 * `eachMessage` through Middy.
 */
export interface SqsBatchEvent<Body, Envelope = unknown> extends SqsEvent {
  /** Never there: only its type is. */
  readonly [BODY]?: { readonly body: Body; readonly envelope: Envelope }
}
