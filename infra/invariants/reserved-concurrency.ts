import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * The mapping's maximum concurrency fits into the function's reserved concurrency.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const reservedConcurrency: Invariant = {
  id: 'reserved-concurrency',
  severity: 'throw',
  reason:
    'The function would throttle its own mapping; every throttled batch raises receive counts without an attempt, up to the dead-letter queue.',
  page: PAGES.mappingScaling,
  check: ({ reservedConcurrency: reserved, maxConcurrency }) =>
    reserved === undefined || maxConcurrency === undefined || maxConcurrency <= reserved
      ? undefined
      : {
          found: `maxConcurrency is ${maxConcurrency}, the function's reserved concurrency ${reserved}.`,
          fix: `Set maxConcurrency to at most ${reserved}, or reserve at least ${maxConcurrency}.`,
        },
}
