import type { SqsRecord } from './sqs-record.ts'

/** What a message attribute may hold. */
export type AttributeValue = string | number | Uint8Array

/** A message as received, before its idempotency key is known: what the `key` option sees. */
export interface ReceivedMessage<Body = string, Envelope = unknown> {
  readonly messageId: string
  /** Output of the `schema` option; without a schema the raw string. With an `envelope`, of what is inside of it. */
  readonly body: Body
  /**
   * Message attributes as plain values: `String` → string, `Binary` → bytes, `Number` → a number, whatever its spelling
   * (`5.50` is 5.5). A number that a double does not hold exactly (a whole one beyond 2^53, more digits than it gives
   * back) is text, written in full. What cannot be read is left out. With an `envelope` that has attributes, those.
   */
  readonly attributes: Readonly<Record<string, AttributeValue>>
  /** What the `envelope` option found around the body; `undefined` without it. */
  readonly envelope: Envelope
  /** `MessageGroupId`. On a standard queue it means fair queues, not order. */
  readonly groupId?: string | undefined
  /** `ApproximateReceiveCount`: 1 at the first delivery. Not the number of attempts; that is `claim.attempt`. */
  readonly receiveCount: number
  /** Epoch milliseconds at which the producer sent it. */
  readonly sentAt: number
  /** The record of the event, untouched. */
  readonly record: SqsRecord
}

/** A message as the handler sees it. All its fields are its own: `{ ...message }` has them all. */
export interface Message<Body = string, Envelope = unknown> extends ReceivedMessage<Body, Envelope> {
  /** Idempotency key, for display: key parts joined by `/`. The record's id is derived from the parts, not from this. */
  readonly key: string
}

/**
 * One part of an idempotency key: a non-empty string, a number or a boolean. `0` and `false` count. A whole number beyond
 * 2^53 is refused, and so is a number of the body with more digits than `JSON.parse` keeps: send those as text.
 */
export type KeyPart = string | number | boolean

/** An idempotency key: one part, or several that together identify the work. */
export type IdempotencyKey = KeyPart | readonly KeyPart[]

/** What a `key` function may return in place of a part, as an attribute or an optional field gives it: no key, `KEY_MISSING`. */
export type MissingPart = Uint8Array | null | undefined

/** What a `key` function may return. */
export type KeyCandidate = KeyPart | MissingPart | readonly (KeyPart | MissingPart)[]
