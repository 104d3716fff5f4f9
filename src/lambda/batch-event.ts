import type { SqsEvent } from './sqs-event.ts'

/**
 * An SQS event whose messages have a body and an envelope of these types: how the types of schema and envelope reach
 * `eachMessage` through Middy.
 */
export interface SqsBatchEvent<Body, Envelope = unknown> extends SqsEvent {
  /** Never there: only its type is. (Not under a symbol: who spreads the event could not name its type.) */
  readonly '~types'?: { readonly body: Body; readonly envelope: Envelope }
}
