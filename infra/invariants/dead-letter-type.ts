import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * The dead-letter queue is of the same type as its source.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export const deadLetterType: Invariant = {
  id: 'dead-letter-type',
  severity: 'throw',
  reason: 'SQS refuses a dead-letter queue of another type than its source.',
  page: PAGES.deadLetter,
  check: ({ fifo, deadLetter }) => {
    const other = deadLetter?.fifo
    if (fifo === undefined || other === undefined || fifo === other) return undefined
    return {
      found: `The source queue is ${typeOf(fifo)}, its dead-letter queue ${typeOf(other)}.`,
      fix: `Make the dead-letter queue ${typeOf(fifo)} too.`,
    }
  },
}

function typeOf(fifo: boolean): string {
  return fifo ? 'FIFO' : 'standard'
}
