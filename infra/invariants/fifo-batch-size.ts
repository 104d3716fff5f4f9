import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * FIFO queues: at most 10 messages in a batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
export const fifoBatchSize: Invariant = {
  id: 'fifo-batch-size',
  severity: 'throw',
  reason: 'Lambda refuses a larger batch from a FIFO queue.',
  page: PAGES.mappingParameters,
  check: ({ fifo, batchSize }) =>
    fifo && batchSize !== undefined && batchSize > 10
      ? { found: `The queue is FIFO and batchSize is ${batchSize}.`, fix: 'Set batchSize to at most 10.' }
      : undefined,
}
