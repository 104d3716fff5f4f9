/** One bounded world to explore. Times are ticks; one tick is the clock error unless a configuration says otherwise. */
export interface Configuration {
  readonly name: string
  /** What it is for, in one line. */
  readonly purpose: string
  /**
   * `payload`: 1 or 2, what the fingerprint is of. `later`: the message is sent at any time, not at the start.
   * `corrects`: it is sent once this message of the same key is dead-lettered and the key poisoned.
   * `resent`: it was sent after the record that is there from the start was poisoned.
   */
  readonly messages: readonly {
    readonly key: number
    readonly payload: number
    readonly group?: number
    readonly later?: boolean
    readonly corrects?: number
    readonly resent?: boolean
  }[]
  readonly keys: number
  /** Each host's clock minus true time, in ticks. */
  readonly skews: readonly number[]
  /** The process that each host is part of: hosts of one process share a crash and a clock. */
  readonly processes?: readonly number[]
  /** Executions a host can hold, those left behind by earlier invocations included. */
  readonly slotsPerHost: number
  /** What an invocation leaves behind is thawed by the next; otherwise the sandbox is recycled at the response. */
  readonly thaws: boolean
  /** Records at most in one event. */
  readonly batchSize: number
  readonly fifo: boolean
  /** The effect is part of the completion's transaction. */
  readonly transactional: boolean
  /** The sandbox is killed at its deadline, at most `grace` late. */
  readonly hardKill: boolean
  /**
   * A process that is never frozen nor killed (Managed Instances, containers): a handler outlives its invocation, and
   * its lease is extended meanwhile, at most until twice the invocation's length. The process extends in time.
   */
  readonly managed: boolean
  /** An invocation's length. */
  readonly deadline: number
  readonly grace: number
  readonly reserve: number
  readonly clockError: number
  /** The deduplication window; at least lease + margin. */
  readonly window: number
  readonly visibility: number
  /** Reported messages are visible at once (a retry delay of 0) instead of after the visibility timeout. */
  readonly returnsAtOnce: boolean
  /** Receives before a message is dead-lettered; 0: never. */
  readonly maxReceives: number
  /** Claims granted before a key that fails, or whose handlers die, is poisoned; 0: never. */
  readonly maxAttempts: number
  /** Redeliveries that come alone claim by one whole-condition write. */
  readonly wholeCondition: boolean
  readonly extends: boolean
  /** TTL deletes records once they have expired. */
  readonly ttlDeletes: boolean
  /** A record that is there from the start; failed and poisoned ones are of another payload. */
  readonly initial: 'absent' | 'foreign' | 'endless lease' | 'failed' | 'poisoned'
  /** Faults that may happen, each so often. `late`: requests on their way at once. */
  readonly faults: {
    readonly network: number
    readonly crash: number
    readonly duplicate: number
    readonly error: number
    readonly resend: number
    readonly hang: number
    readonly late: number
  }
  /** Invariants that this world's assumptions do not give. */
  readonly waived: readonly string[]
  /** Rare events that the exploration must have seen. */
  readonly mustSee: readonly string[]
}
