import type { BatchShape } from './events.ts'

/** What the parent asks of a worker, one job at a time. */
export type Job =
  /** Brings the records of these batches into the state that the shape asks for, by running the subject itself. */
  | { readonly kind: 'seed'; readonly shape: BatchShape; readonly batches: readonly string[] }
  /** Runs the batches and takes the time. */
  | {
      readonly kind: 'time'
      readonly shape: BatchShape
      readonly batches: readonly string[]
      readonly inFlight: number
    }
  /** Runs one batch through a client that counts. */
  | { readonly kind: 'count'; readonly shape: BatchShape; readonly batch: string }

/** One slice of a timed run. */
export interface Slice {
  readonly messages: number
  /** User and system time of the worker's process, microseconds. */
  readonly cpuUs: number
  /** First batch started to last batch answered, milliseconds. */
  readonly elapsedMs: number
  /** Each batch, milliseconds. */
  readonly wallMs: readonly number[]
  /** Peak resident set of the process so far, bytes. */
  readonly peakBytes: number
}

export interface CountResult {
  readonly requests: number
  readonly writeUnits: number
  readonly readUnits: number
}

export type Reply =
  | { readonly kind: 'seeded' }
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'counted'; readonly counts: CountResult }
  | { readonly kind: 'failed'; readonly message: string }
