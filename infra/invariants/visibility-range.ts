import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

/** The longest visibility timeout of a queue: 12 hours. */
export const LONGEST_VISIBILITY_MS = 43_200_000

/**
 * A visibility timeout is whole seconds, at most 12 hours.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const visibilityRange: Invariant = {
  id: 'visibility-range',
  severity: 'throw',
  reason: 'SQS refuses any other visibility timeout.',
  page: PAGES.visibility,
  check: ({ visibilityMs }) =>
    visibilityMs === undefined || (visibilityMs <= LONGEST_VISIBILITY_MS && visibilityMs % 1000 === 0)
      ? undefined
      : {
          found: `The visibility timeout is ${spell(visibilityMs)}.`,
          fix: `Set visibilityTimeout to whole seconds, at most ${spell(LONGEST_VISIBILITY_MS)}.`,
        },
}
