import type { Wiring } from '../../infra/invariants/wiring.ts'

const SECOND = 1000
const DAY = 86_400 * SECOND

/** A standard queue that breaks nothing, with every number known. */
export const STANDARD: Wiring = {
  fifo: false,
  queueName: 'orders',
  visibilityMs: 180 * SECOND,
  retentionMs: 4 * DAY,
  deadLetter: { fifo: false, retentionMs: 14 * DAY },
  maxReceiveCount: 5,
  timeoutMs: 30 * SECOND,
  runtime: 'nodejs24.x',
  hardKill: true,
  reservedConcurrency: 50,
  batchSize: 10,
  batchingWindowMs: 0,
  maxConcurrency: 50,
  partialResponse: true,
  namespace: 'orders',
  ttlMs: 18 * DAY,
  leaseGraceMs: SECOND,
  clockErrorMs: SECOND,
  deadlineReserveMs: 1500,
}

/** A FIFO queue that breaks nothing. */
export const FIFO: Wiring = {
  ...STANDARD,
  fifo: true,
  queueName: 'orders.fifo',
  throughputLimit: 'perMessageGroupId',
  deduplicationScope: 'messageGroup',
  deadLetter: { fifo: true, retentionMs: 14 * DAY },
  ttlMs: 22 * DAY,
}

/** For every invariant: a wiring at its limit that still holds, and one that just does not. */
export const FIXTURES: Readonly<Record<string, { holds: Wiring; breaks: Wiring }>> = {
  'partial-batch-response': { holds: STANDARD, breaks: { ...STANDARD, partialResponse: false } },
  'node-version': {
    holds: { ...STANDARD, runtime: 'nodejs22.x' },
    breaks: { ...STANDARD, runtime: 'nodejs20.x' },
  },
  'visibility-range': {
    holds: { ...STANDARD, visibilityMs: 43_200 * SECOND },
    breaks: { ...STANDARD, visibilityMs: 43_201 * SECOND },
  },
  'visibility-covers-timeout': {
    holds: { ...STANDARD, visibilityMs: 30_000 },
    breaks: { ...STANDARD, visibilityMs: 29_000 },
  },
  'visibility-covers-lease': {
    holds: { ...STANDARD, visibilityMs: 31_000 },
    breaks: { ...STANDARD, visibilityMs: 30_999 },
  },
  'visibility-covers-retries': {
    holds: { ...STANDARD, batchingWindowMs: 20_000, visibilityMs: 200_000 },
    breaks: { ...STANDARD, batchingWindowMs: 20_000, visibilityMs: 199_000 },
  },
  'visibility-covers-takeover': {
    holds: { ...STANDARD, batchingWindowMs: 20_000, visibilityMs: 53_000 },
    breaks: { ...STANDARD, batchingWindowMs: 20_000, visibilityMs: 52_999 },
  },
  'time-to-work': {
    holds: { ...STANDARD, timeoutMs: 2000 },
    breaks: { ...STANDARD, timeoutMs: 1000 },
  },
  'dead-letter-present': { holds: STANDARD, breaks: { ...STANDARD, deadLetter: null } },
  'dead-letter-type': {
    holds: FIFO,
    breaks: { ...FIFO, deadLetter: { fifo: false, retentionMs: 14 * DAY } },
  },
  'dead-letter-retention': {
    holds: { ...STANDARD, deadLetter: { fifo: false, retentionMs: 4 * DAY + SECOND } },
    breaks: { ...STANDARD, deadLetter: { fifo: false, retentionMs: 4 * DAY } },
  },
  'attempts-outlast-lease': {
    holds: { ...STANDARD, visibilityMs: 33_000, maxReceiveCount: 2 },
    breaks: { ...STANDARD, visibilityMs: 32_999, maxReceiveCount: 2 },
  },
  'receive-count': { holds: STANDARD, breaks: { ...STANDARD, maxReceiveCount: 4 } },
  'window-range': { holds: { ...STANDARD, ttlMs: 1000 }, breaks: { ...STANDARD, ttlMs: 1001 } },
  'window-outlives-lease': {
    holds: { ...STANDARD, ttlMs: 33_000 },
    breaks: { ...STANDARD, ttlMs: 32_000 },
  },
  'window-outlives-retention': {
    holds: { ...STANDARD, ttlMs: 4 * DAY + 180_000 },
    breaks: { ...STANDARD, ttlMs: 4 * DAY + 179_000 },
  },
  'window-outlives-redrive': { holds: fifoWith(22), breaks: fifoWith(21) },
  'namespace-pattern': {
    holds: { ...STANDARD, namespace: 'a'.repeat(64) },
    breaks: { ...STANDARD, namespace: 'orders*' },
  },
  'fifo-name': { holds: FIFO, breaks: { ...FIFO, queueName: 'orders' } },
  'fifo-batch-size': { holds: FIFO, breaks: { ...FIFO, batchSize: 11 } },
  'fifo-batching-window': { holds: FIFO, breaks: { ...FIFO, batchingWindowMs: 1000 } },
  'fifo-throughput': { holds: FIFO, breaks: { ...FIFO, deduplicationScope: 'queue' } },
  'batch-size-range': {
    holds: { ...STANDARD, batchSize: 10_000, batchingWindowMs: 1000 },
    breaks: { ...STANDARD, batchSize: 10_001, batchingWindowMs: 1000 },
  },
  'batching-window-range': {
    holds: { ...STANDARD, batchingWindowMs: 300_000 },
    breaks: { ...STANDARD, batchingWindowMs: 301_000 },
  },
  'large-batch-needs-window': {
    holds: { ...STANDARD, batchSize: 11, batchingWindowMs: 1000 },
    breaks: { ...STANDARD, batchSize: 11, batchingWindowMs: 0 },
  },
  'reserved-concurrency': { holds: STANDARD, breaks: { ...STANDARD, maxConcurrency: 51 } },
  'reserved-without-maximum': {
    holds: STANDARD,
    breaks: { ...STANDARD, maxConcurrency: undefined },
  },
  'max-concurrency-range': {
    holds: { ...STANDARD, maxConcurrency: 2 },
    breaks: { ...STANDARD, maxConcurrency: 1 },
  },
  'provisioned-pollers': {
    holds: { ...STANDARD, pollers: { minimum: 2, maximum: 10_000 } },
    breaks: { ...STANDARD, pollers: { minimum: 2, maximum: 10_001 } },
  },
  'pollers-or-concurrency': {
    holds: { ...STANDARD, maxConcurrency: undefined, pollers: { minimum: 2 } },
    breaks: { ...STANDARD, pollers: { minimum: 2 } },
  },
}

function fifoWith(days: number): Wiring {
  return { ...FIFO, ttlMs: days * DAY }
}
