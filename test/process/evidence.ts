import type { FaultKind } from '../servers/fault-plan.ts'
import type { Entry } from './journal.ts'

/** A worker's end by SIGKILL. Times are epoch milliseconds, here and below. */
export interface Kill {
  readonly pid: number
  readonly time: number
  /** By the plan, or by the invoker at the function's timeout. */
  readonly cause: 'plan' | 'timeout'
}

/** A fault of the proxy as it was carried out. */
export interface LoggedFault {
  readonly kind: FaultKind
  readonly operation: string
  /** Record ids that the request named. */
  readonly ids: readonly string[]
  readonly time: number
}

/** The store was down: killed at `from`, answering again at `to`. */
export interface Outage {
  readonly from: number
  readonly to: number
}

/** What records said, past the proxy, right after the worker that held them was gone. */
export interface Look {
  readonly time: number
  /** Message id → status; a message without a record is missing. */
  readonly statuses: ReadonlyMap<string, string>
}

/** An invocation that ended without an answer. */
export interface FailedInvocation {
  readonly reason: 'threw' | 'timeout' | 'crashed' | 'init'
  readonly error: string
  /** `undefined`: the worker was gone before it was ready. */
  readonly pid: number | undefined
}

/** A record at the end. */
export interface FinalRecord {
  readonly id: string
  readonly status: string
  readonly fence: number
  readonly attempts: number
  readonly leaseUntil: number | undefined
}

/** Everything the oracle judges by. */
export interface Evidence {
  /** Message ids. */
  readonly sent: ReadonlySet<string>
  readonly effects: readonly Entry<'effect'>[]
  readonly ends: readonly Entry<'end'>[]
  readonly noAnswers: readonly Entry<'no-answer'>[]
  readonly memory: readonly Entry<'memory'>[]
  /** Journal lines that are no lines: none is ever torn. */
  readonly unreadable: number
  readonly kills: readonly Kill[]
  readonly faults: readonly LoggedFault[]
  readonly outages: readonly Outage[]
  /** Requests that met the store down or dying. */
  readonly unanswered: number
  readonly looks: readonly Look[]
  readonly failedInvocations: readonly FailedInvocation[]
  /** Messages still in the queue. */
  readonly left: number
  /** Message ids in the dead-letter queue. */
  readonly deadLetters: readonly string[]
  readonly records: readonly FinalRecord[]
  /** Messages that one worker may hold at once: its death repeats no more. */
  readonly heldByWorker: number
  readonly seconds: number
}
