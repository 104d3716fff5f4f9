import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

const LONGEST_MS = 300_000

/**
 * A batching window is whole seconds, at most 300.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
export const batchingWindowRange: Invariant = {
  id: 'batching-window-range',
  severity: 'throw',
  reason: 'Lambda refuses any other batching window.',
  page: PAGES.mappingParameters,
  check: ({ batchingWindowMs }) =>
    batchingWindowMs === undefined || (batchingWindowMs <= LONGEST_MS && batchingWindowMs % 1000 === 0)
      ? undefined
      : {
          found: `maxBatchingWindow is ${spell(batchingWindowMs)}.`,
          fix: 'Set maxBatchingWindow to whole seconds, at most 300s.',
        },
}
