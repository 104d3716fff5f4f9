import type { SqsRecord } from '../../protocol/sqs-record.ts'
import type { InvocationOutcome } from './invoker.ts'

/** What a {@link localQueue} tells its `onEvent`. */
export type LocalQueueEvent =
  /** A batch goes to the function. `again`: a second delivery of messages that are in another batch right now. */
  | {
      readonly kind: 'batch'
      readonly requestId: string
      readonly records: readonly SqsRecord[]
      readonly again: boolean
    }
  /** The function has answered, or failed. */
  | {
      readonly kind: 'response'
      readonly requestId: string
      readonly outcome: InvocationOutcome
      /** Messages that leave the queue. */
      readonly deleted: number
      /** Messages that come back after their visibility timeout. */
      readonly returned: number
      /** Why the whole batch shares one fate; `undefined` when single messages failed. */
      readonly whole: string | undefined
    }
  /** A call to the queue failed; the poller goes on. */
  | { readonly kind: 'queue-error'; readonly error: unknown }

/** Totals since the start. */
export interface LocalQueueCounts {
  /** Messages handed to the function, redeliveries included. */
  received: number
  invocations: number
  /** Messages deleted. */
  deleted: number
  /** Messages that were to come back. */
  returned: number
  /** Batches that went back whole. */
  wholeFailures: number
  /** Second deliveries injected. */
  deliveredAgain: number
  /** Deletions withheld by `faults.loseDelete`. */
  lostDeletes: number
  queueErrors: number
}
