import type { SqsRecord } from './sqs-record.ts'

/** A message as received, before its idempotency key is known: what the `key` option sees. */
export interface ReceivedMessage<Body = string> {
  readonly messageId: string
  /** Output of the `schema` option; without a schema the raw string. */
  readonly body: Body
  /** Message attributes as plain values: `String` → string, `Number` → number, `Binary` → bytes. */
  readonly attributes: Readonly<Record<string, string | number | Uint8Array>>
  /** `MessageGroupId`. On a standard queue it means fair queues, not order. */
  readonly groupId?: string | undefined
  /** `ApproximateReceiveCount`: 1 at the first delivery. Not the number of attempts; that is `claim.attempt`. */
  readonly receiveCount: number
  /** Epoch milliseconds at which the producer sent it. */
  readonly sentAt: number
  /** The record of the event, untouched. */
  readonly record: SqsRecord
}

/** A message as the handler sees it. */
export interface Message<Body = string> extends ReceivedMessage<Body> {
  /** Idempotency key, for display: key parts joined by `/`. The record's id is derived from the parts, not from this. */
  readonly key: string
}

/** One part of an idempotency key: a non-empty string, a finite number or a boolean. `0` and `false` count. */
export type KeyPart = string | number | boolean

/** An idempotency key: one part, or several that together identify the work. */
export type IdempotencyKey = KeyPart | readonly KeyPart[]
