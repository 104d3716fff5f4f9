import type { SqsRecord } from '../../protocol/sqs-record.ts'

/** What Lambda hands to a function that an SQS queue invokes. */
export interface SqsEvent {
  Records: SqsRecord[]
}

/** How one invocation ended. */
export type InvocationOutcome =
  /** `payload` is the returned value as JSON text; `null` when it returned nothing. */
  | { readonly kind: 'returned'; readonly payload: string }
  /** Lambda calls all of these a function error: the whole batch goes back. */
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly error: string }

export type FailureReason =
  /** The handler threw, or what it returned cannot become JSON. */
  | 'threw'
  /** It ran into the function's timeout; a worker process was killed. */
  | 'timeout'
  /** The worker process ended while it ran, by a signal or by itself. */
  | 'crashed'
  /** The module could not be loaded, or has no such handler. */
  | 'init'

/** Stands for the Lambda service: runs a function with an event. */
export interface Invoker {
  /** The function's timeout, milliseconds. The queue's visibility timeout must not be shorter. */
  readonly timeoutMs: number
  /** Runs the function once. Never rejects; `requestId` becomes the context's `awsRequestId`. */
  invoke(event: SqsEvent, requestId: string): Promise<InvocationOutcome>
  /** Ends everything that runs, at once. Running invocations end as `crashed`. */
  close(): Promise<void>
}
