import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

const LONGEST_MS = 14 * 86_400_000

/**
 * Standard queues: the dead-letter queue keeps messages longer than the source. (A FIFO queue starts the time anew
 * when it moves a message.)
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export const deadLetterRetention: Invariant = {
  id: 'dead-letter-retention',
  severity: 'throw',
  reason:
    'A moved message keeps the time at which it was first sent: the dead-letter queue would delete it at once, or soon, unseen.',
  page: PAGES.deadLetter,
  check: ({ fifo, retentionMs, deadLetter }) => {
    const kept = deadLetter?.retentionMs
    if (fifo !== false || retentionMs === undefined || kept === undefined) return undefined
    if (kept > retentionMs) return undefined
    return {
      found: `The source queue keeps messages for ${spell(retentionMs)}, the dead-letter queue for ${spell(kept)}.`,
      fix:
        retentionMs < LONGEST_MS
          ? `Set deadLetterRetention to more than ${spell(retentionMs)}, at most 14d.`
          : 'Shorten retentionPeriod: a dead-letter queue keeps messages for 14d at most.',
    }
  },
}
