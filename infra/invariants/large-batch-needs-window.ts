import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

/**
 * A batch of more than 10 needs a batching window of at least 1 s.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
export const largeBatchNeedsWindow: Invariant = {
  id: 'large-batch-needs-window',
  severity: 'throw',
  reason:
    'One receive call returns 10 messages at most; Lambda refuses a larger batch without time to gather it.',
  page: PAGES.mappingParameters,
  check: ({ fifo, batchSize, batchingWindowMs }) =>
    fifo ||
    batchSize === undefined ||
    batchSize <= 10 ||
    batchingWindowMs === undefined ||
    batchingWindowMs >= 1000
      ? undefined
      : {
          found: `batchSize is ${batchSize}, maxBatchingWindow ${spell(batchingWindowMs)}.`,
          fix: 'Set maxBatchingWindow to at least 1s, or batchSize to at most 10.',
        },
}
