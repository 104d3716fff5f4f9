import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'
import type { Wiring } from './wiring.ts'

/**
 * Deduplication window ≥ the longest way of a message through one redrive. Standard: retention of source and
 * dead-letter queue (the time runs on). FIFO: source, dead-letter queue and source again (each move starts it anew).
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export const windowOutlivesRedrive: Invariant = {
  id: 'window-outlives-redrive',
  severity: 'warn',
  reason:
    'A redriven message is a new one for SQS; with a business key its record recognises it, if the record is still there.',
  page: PAGES.deadLetter,
  check: (wiring) => {
    const { ttlMs, retentionMs, visibilityMs } = wiring
    const leastMs = redriveSpan(wiring)
    if (ttlMs === undefined || leastMs === undefined || ttlMs >= leastMs) return undefined
    // Shorter than even the retention: the other invariant speaks.
    if (retentionMs !== undefined && visibilityMs !== undefined && ttlMs < retentionMs + visibilityMs)
      return undefined
    return {
      found: `The deduplication window (ttl) is ${spell(ttlMs)}; a message may run ${spell(leastMs)} after it was sent if it is redriven once.`,
      fix: `Set ttl to at least ${spell(leastMs)}, or acknowledge this if the key is the message id.`,
    }
  },
}

/** How late a message may run that is redriven once, in milliseconds after it was sent. */
export function redriveSpan({ fifo, retentionMs, deadLetter }: Wiring): number | undefined {
  const kept = deadLetter?.retentionMs
  if (fifo === undefined || retentionMs === undefined || kept === undefined) return undefined
  return retentionMs + kept + (fifo ? retentionMs : 0)
}
