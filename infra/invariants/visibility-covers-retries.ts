import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

/**
 * Visibility timeout ≥ 6 × the function's timeout + the batching window: room for Lambda to try again when it is throttled.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const visibilityCoversRetries: Invariant = {
  id: 'visibility-covers-retries',
  severity: 'warn',
  reason:
    'Lambda retries a throttled batch inside the visibility timeout; without the room for it messages come back unseen and their receive count grows.',
  page: PAGES.queueForLambda,
  check: ({ visibilityMs, timeoutMs, batchingWindowMs = 0 }) => {
    if (visibilityMs === undefined || timeoutMs === undefined) return undefined
    const advised = 6 * timeoutMs + batchingWindowMs
    if (visibilityMs >= advised || visibilityMs < timeoutMs) return undefined
    return {
      found: `The visibility timeout is ${spell(visibilityMs)}, less than 6 × the function's timeout and the batching window.`,
      fix: `Set visibilityTimeout to at least ${spell(advised)}.`,
    }
  },
}
