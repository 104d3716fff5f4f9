import type { Runtime } from '../../runtime/runtime.ts'
import type { RecordStore } from '../../store/contract.ts'
import type { LocalContext } from '../local-queue/context.ts'
import type { SqsEvent } from '../local-queue/invoker.ts'
import type { SqsEventMessage } from '../sqs-event.ts'

/** What a handler under test is built around: give `store` and `runtime` to `sqsHandler` or `idempotentBatch`. */
export interface CrashTestSandbox {
  readonly store: RecordStore
  readonly runtime: Runtime
  /**
   * Records that an effect has happened, in place of the charge, the mail, the write. In a process that has crashed it
   * never returns and counts nothing.
   */
  effect(name: string): Promise<void>
}

/** A function as Lambda calls it. */
export type CrashTestHandler = (event: SqsEvent, context: LocalContext) => unknown

/** Options of `crashTest`. */
export interface CrashTestOptions {
  /** Builds the function; called anew for every delivery, as a new sandbox is started after a crash. */
  readonly handler: (sandbox: CrashTestSandbox) => CrashTestHandler
  /** The batch. Message ids must differ; those that are not given are 'message-1', 'message-2', … in their order. */
  readonly messages: readonly (SqsEventMessage | string)[]
  /**
   * Names that must have been given to `effect` once every message is acknowledged.
   * @default the message ids
   */
  readonly expected?: readonly string[] | undefined
  /**
   * Deliveries of a message before it counts as never acknowledged.
   * @default 6
   */
  readonly maxDeliveries?: number | undefined
  /**
   * Milliseconds that Lambda gives one invocation; nothing is timed by it but the lease.
   * @default 30000
   */
  readonly invocationMs?: number | undefined
  /**
   * Milliseconds until what was not acknowledged is delivered again.
   * @default six times `invocationMs`, as AWS recommends
   */
  readonly visibilityMs?: number | undefined
  /**
   * Real milliseconds that one delivery may take before the test gives up.
   * @default 10000
   */
  readonly timeoutMs?: number | undefined
}

/** Where the process died: at the n-th call of the store, before it was sent or after it had landed. */
export interface CrashPoint {
  readonly call: number
  readonly operation: 'claim' | 'settle'
  readonly when: 'before' | 'after'
}

/** One run of the batch until nothing is left. */
export interface CrashRun {
  /** `undefined`: the run without a crash. */
  readonly crash: CrashPoint | undefined
  /** Invocations it took. */
  readonly deliveries: number
  /** How often each effect happened. */
  readonly effects: Readonly<Record<string, number>>
}

/** What `crashTest` found. */
export interface CrashReport {
  /** The run without a crash first, then one for each point of it. */
  readonly runs: readonly CrashRun[]
  /** Effects that happened more than once, and the crash that explains it: the gap between an effect and its completion. */
  readonly repeated: readonly {
    readonly effect: string
    readonly times: number
    readonly crash: CrashPoint
  }[]
}
