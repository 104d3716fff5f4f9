import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * Maximum concurrency of a mapping: 2 to 1,000.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const maxConcurrencyRange: Invariant = {
  id: 'max-concurrency-range',
  severity: 'throw',
  reason: 'Lambda refuses any other maximum concurrency.',
  page: PAGES.mappingScaling,
  check: ({ maxConcurrency }) =>
    maxConcurrency === undefined ||
    (Number.isInteger(maxConcurrency) && maxConcurrency >= 2 && maxConcurrency <= 1000)
      ? undefined
      : {
          found: `maxConcurrency is ${maxConcurrency}.`,
          fix: 'Set maxConcurrency to a whole number from 2 to 1000.',
        },
}
