import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * Standard queues: 1 to 10,000 messages in a batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
export const batchSizeRange: Invariant = {
  id: 'batch-size-range',
  severity: 'throw',
  reason: 'Lambda refuses any other batch size.',
  page: PAGES.mappingParameters,
  check: ({ batchSize }) =>
    batchSize === undefined || (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 10_000)
      ? undefined
      : { found: `batchSize is ${batchSize}.`, fix: 'Set batchSize to a whole number from 1 to 10000.' },
}
