import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * The source queue has a dead-letter queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export const deadLetterPresent: Invariant = {
  id: 'dead-letter-present',
  severity: 'throw',
  reason:
    'A message that always fails would be tried until the queue deletes it at the end of its retention: it would be lost.',
  page: PAGES.deadLetter,
  check: ({ deadLetter }) =>
    deadLetter === null
      ? {
          found: 'The source queue has no dead-letter queue.',
          fix: 'Give the queue a deadLetterQueue, or let IdempotentQueue make both.',
        }
      : undefined,
}
