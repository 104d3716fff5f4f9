import { OPEN_LEASE_MS } from '../../src/engine/invocation.ts'

/**
 * What is known at synth about one queue, its function and its records. Times are milliseconds. A field that is left
 * out or `undefined` is unknown (a token, an imported resource): every invariant that needs it is skipped.
 */
export interface Wiring {
  /** Whether the source queue is FIFO. */
  readonly fifo?: boolean | undefined
  /** Physical name of the source queue, if one is given. */
  readonly queueName?: string | undefined
  readonly visibilityMs?: number | undefined
  /** How long the source queue keeps a message. */
  readonly retentionMs?: number | undefined
  readonly throughputLimit?: 'perQueue' | 'perMessageGroupId' | undefined
  readonly deduplicationScope?: 'queue' | 'messageGroup' | undefined
  /** `null`: known to be absent. */
  readonly deadLetter?: DeadLetterWiring | null | undefined
  readonly maxReceiveCount?: number | undefined

  /** The function's timeout. */
  readonly timeoutMs?: number | undefined
  /** Lambda's name of the function's runtime: `nodejs24.x`. */
  readonly runtime?: string | undefined
  /**
   * Whether Lambda ends an invocation at its timeout. It does not on Managed Instances: there the handler goes on, and
   * its leases are extended meanwhile. Left out: it does.
   */
  readonly hardKill?: boolean | undefined
  readonly reservedConcurrency?: number | undefined

  /** Messages per invocation. */
  readonly batchSize?: number | undefined
  /** How long the mapping gathers a batch. 0: not at all. */
  readonly batchingWindowMs?: number | undefined
  readonly maxConcurrency?: number | undefined
  readonly pollers?: PollerWiring | undefined
  /** `ReportBatchItemFailures` in the event source mapping. */
  readonly partialResponse?: boolean | undefined

  readonly namespace?: string | undefined
  /** The deduplication window, `ONCEKIT_TTL`. */
  readonly ttlMs?: number | undefined
  /** The handler's `leaseGraceMs`. */
  readonly leaseGraceMs?: number | undefined
  /** The handler's `clockErrorMs`. */
  readonly clockErrorMs?: number | undefined
  /** The handler's `deadlineReserveMs`. */
  readonly deadlineReserveMs?: number | undefined
}

export interface DeadLetterWiring {
  readonly fifo?: boolean | undefined
  readonly retentionMs?: number | undefined
}

export interface PollerWiring {
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
}

/** How long a claim is leased at first: the whole invocation and the grace for a late kill. */
export function leaseOf({ timeoutMs, leaseGraceMs }: Wiring): number | undefined {
  return timeoutMs === undefined || leaseGraceMs === undefined ? undefined : timeoutMs + leaseGraceMs
}

/**
 * How long a claim is leased at most. Where nothing is killed the lease is extended while the handler runs, until twice
 * the invocation's time.
 */
export function longestLeaseOf(wiring: Wiring): number | undefined {
  const { timeoutMs, leaseGraceMs, hardKill = true } = wiring
  if (hardKill || timeoutMs === undefined || leaseGraceMs === undefined) return leaseOf(wiring)
  return 2 * timeoutMs + OPEN_LEASE_MS + leaseGraceMs
}
