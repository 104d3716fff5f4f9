import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * A function with reserved concurrency has a mapping with maximum concurrency.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const reservedWithoutMaximum: Invariant = {
  id: 'reserved-without-maximum',
  severity: 'warn',
  reason:
    'The pollers scale past the reserved concurrency and are throttled; every throttled batch raises receive counts without an attempt.',
  page: PAGES.mappingScaling,
  check: ({ reservedConcurrency: reserved, maxConcurrency, pollers }) =>
    reserved === undefined || maxConcurrency !== undefined || pollers !== undefined
      ? undefined
      : {
          found: `The function's reserved concurrency is ${reserved}, and maxConcurrency is not set.`,
          fix: `Set maxConcurrency to at most ${reserved}.`,
        },
}
