import type { SqsEvent } from './sqs-event.ts'

declare const BODY: unique symbol

/** An SQS event whose messages have a body of this type: how the schema's type reaches `eachMessage` through Middy. */
export interface SqsBatchEvent<Body> extends SqsEvent {
  /** Never there: only its type is. */
  readonly [BODY]?: Body
}
