import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'
import { advisedVisibility } from './visibility-covers-retries.ts'

/**
 * Visibility timeout ≥ the function's timeout. Lambda refuses a mapping without it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const visibilityCoversTimeout: Invariant = {
  id: 'visibility-covers-timeout',
  severity: 'throw',
  reason:
    'A message would come back, and run again, while its first run is still going; Lambda refuses such a mapping.',
  page: PAGES.queueForLambda,
  check: ({ visibilityMs, timeoutMs, batchingWindowMs = 0 }) =>
    visibilityMs === undefined || timeoutMs === undefined || visibilityMs >= timeoutMs
      ? undefined
      : {
          found: `The visibility timeout is ${spell(visibilityMs)}, the function's timeout ${spell(timeoutMs)}.`,
          fix: `Set visibilityTimeout to at least ${spell(timeoutMs)}; ${spell(advisedVisibility(timeoutMs, batchingWindowMs))} is advised.`,
        },
}
