import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * The name of a FIFO queue, and of no other, ends in `.fifo`. The handler tells FIFO by it.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-types.html
 */
export const fifoName: Invariant = {
  id: 'fifo-name',
  severity: 'throw',
  reason:
    'SQS refuses it, and the handler would keep the order of a queue that has none, or lose one that it has.',
  page: PAGES.fifoNames,
  check: ({ fifo, queueName }) =>
    fifo === undefined || queueName === undefined || queueName.endsWith('.fifo') === fifo
      ? undefined
      : {
          found: `The queue's name is "${queueName}" and fifo is ${fifo}.`,
          fix: fifo ? 'End the name in ".fifo".' : 'Set fifo to true, or take ".fifo" from the name.',
        },
}
