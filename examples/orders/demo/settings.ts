/** Short times, so that stuck items come back while one watches. In production the defaults are longer. */
export const FUNCTION_NAME = 'charge-orders'
export const FUNCTION_TIMEOUT_MS = 2_500
/** Lease and margin end 250 + 2 × 200 ms after the function's timeout, before a redelivery meets the record. */
export const LEASE_GRACE_MS = 250
export const CLOCK_ERROR_MS = 200
export const DEADLINE_RESERVE_MS = 600
export const VISIBILITY_TIMEOUT_SECONDS = 4
/** AWS advises at least five. */
export const MAX_RECEIVE_COUNT = 5
export const BATCH_SIZE = 10
export const CONCURRENCY = 4
export const DRAIN_WITHIN_MS = 120_000

/** Environment of a worker beside the library's own. */
export const WORKER_ENVIRONMENT = { ledger: 'ORDERS_LEDGER', seed: 'ORDERS_SEED' } as const
