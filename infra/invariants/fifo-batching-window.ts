import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

/**
 * FIFO queues have no batching window.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
export const fifoBatchingWindow: Invariant = {
  id: 'fifo-batching-window',
  severity: 'throw',
  reason: 'Lambda refuses a batching window on a FIFO queue.',
  page: PAGES.mappingParameters,
  check: ({ fifo, batchingWindowMs }) =>
    fifo && batchingWindowMs !== undefined && batchingWindowMs > 0
      ? {
          found: `The queue is FIFO and maxBatchingWindow is ${spell(batchingWindowMs)}.`,
          fix: 'Leave maxBatchingWindow out.',
        }
      : undefined,
}
