import type { Message } from './queue.ts'

/** One record of a batch: a message under one receipt. */
export interface Received {
  readonly message: Message
  /** Receive count as reported, which is approximate. */
  readonly receiveCount: number
}

/** What one invocation was given. */
export interface Batch {
  readonly number: number
  readonly records: readonly Received[]
}
