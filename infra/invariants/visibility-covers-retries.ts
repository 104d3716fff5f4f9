import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'
import { LONGEST_VISIBILITY_MS } from './visibility-range.ts'

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
    const advised = advisedVisibility(timeoutMs, batchingWindowMs)
    if (visibilityMs >= advised || visibilityMs < timeoutMs) return undefined
    return {
      found: `The visibility timeout is ${spell(visibilityMs)}, less than 6 × the function's timeout and the batching window.`,
      fix: `Set visibilityTimeout to at least ${spell(advised)}.`,
    }
  },
}

/** 6 × timeout + batching window in whole seconds, as far as SQS allows. */
export function advisedVisibility(timeoutMs: number, batchingWindowMs: number): number {
  return Math.min(Math.ceil((6 * timeoutMs + batchingWindowMs) / 1000) * 1000, LONGEST_VISIBILITY_MS)
}
