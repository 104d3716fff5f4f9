import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * A throughput limit per message group needs deduplication per message group.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
 */
export const fifoThroughput: Invariant = {
  id: 'fifo-throughput',
  severity: 'throw',
  reason:
    'SQS refuses it: groups can be spread over partitions only if no deduplication reaches across them.',
  page: PAGES.fifoThroughput,
  check: ({ fifo, throughputLimit, deduplicationScope }) =>
    fifo && throughputLimit === 'perMessageGroupId' && deduplicationScope !== 'messageGroup'
      ? {
          found: `fifoThroughputLimit is perMessageGroupId and deduplicationScope ${deduplicationScope ?? 'queue'}.`,
          fix: 'Set deduplicationScope to messageGroup.',
        }
      : undefined,
}
