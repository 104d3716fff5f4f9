import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * Provisioned pollers and maximum concurrency exclude each other.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const pollersOrConcurrency: Invariant = {
  id: 'pollers-or-concurrency',
  severity: 'throw',
  reason: 'Lambda refuses a mapping that has both.',
  page: PAGES.mappingScaling,
  check: ({ pollers, maxConcurrency }) =>
    pollers === undefined || maxConcurrency === undefined
      ? undefined
      : {
          found: 'Both provisionedPollers and maxConcurrency are set.',
          fix: 'Leave one of them out; maximum pollers limit concurrency too (10 invocations each).',
        },
}
