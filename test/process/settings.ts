/** Short times, so that stuck items come back while the run lasts. In production the defaults are longer. */
export const FUNCTION_NAME = 'soak'
export const FUNCTION_TIMEOUT_MS = 5_000
/** Lease and margin end 250 + 2 × 250 ms after the function's timeout, before a redelivery meets the record. */
export const LEASE_GRACE_MS = 250
export const CLOCK_ERROR_MS = 250
export const DEADLINE_RESERVE_MS = 1_500
export const VISIBILITY_TIMEOUT_SECONDS = 7
/** A message may meet many kills; one that reaches the dead-letter queue all the same has been starved. */
export const MAX_RECEIVE_COUNT = 30
/** More than one PartiQL batch of the smallest size, less than one of the largest. */
export const BATCH_SIZE = 20
export const BATCHING_WINDOW_SECONDS = 1
/** Handlers at once in a worker. */
export const HANDLERS_AT_ONCE = 10
/** How long a handler works before its effect, milliseconds. */
export const WORK_MS: readonly [number, number] = [2, 30]
/** Managed Instances: invocations at once in a process. */
export const MAX_CONCURRENCY = 4
/** There every so many messages has a handler that outlives its invocation at its first attempt, by so much in all. */
export const OVERRUN_EVERY = 200
export const OVERRUN_MS = 7_500
/** An HTTP attempt without an answer is cut then, so that the SDK's own repetition meets what the first has done. */
export const REQUEST_TIMEOUT_MS = 800

/** Messages in the queue at most, so that sending runs beside working. */
export const BACKLOG = 5_000

/** Share of the store's requests that meets each fault. */
export const FAULT_RATES = {
  'drop-answer': 0.02,
  'error-after-apply': 0.02,
  delay: 0.03,
  reset: 0.02,
  'half-open': 0.005,
  throttle: 0.025,
} as const
/** Some end after the client has given up: a write that arrives late. */
export const DELAY_MS: readonly [number, number] = [20, 1_000]

/** Share of the deliveries that come twice at once, and of the acknowledged messages that are not deleted. */
export const QUEUE_FAULT_RATES = { twice: 0.01, lostDelete: 0.01 } as const

/** How long the store stays down, milliseconds: some outages outlast a batch, so that completions are lost. */
export const OUTAGE_MS: readonly [number, number] = [500, 6_000]

/** Kills and outages come while up to this share of the messages is done: everything after is the drain. */
export const FAULTS_UNTIL = 0.98

/** No message done for this long: the run is given up as not drained. */
export const STALLED_AFTER_MS = 120_000

/** Everything must be done by then, whatever happens. Milliseconds. */
export function limitMs(messages: number, kills: number): number {
  return 120_000 + 30 * messages + 1_500 * kills
}

/** Milliseconds between two samples of a worker's memory. */
export const MEMORY_EVERY_MS = 1_000

/** Environment of a worker beside the library's own. */
export const WORKER_ENVIRONMENT = { journal: 'SOAK_JOURNAL' } as const
