import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

/**
 * Deduplication window ≥ the source queue's retention + visibility timeout: it outlives every redelivery.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const windowOutlivesRetention: Invariant = {
  id: 'window-outlives-retention',
  severity: 'warn',
  reason: 'A message that comes back after its window runs again.',
  page: PAGES.visibility,
  check: ({ ttlMs, retentionMs, visibilityMs }) => {
    if (ttlMs === undefined || retentionMs === undefined || visibilityMs === undefined) return undefined
    const leastMs = retentionMs + visibilityMs
    if (ttlMs >= leastMs) return undefined
    return {
      found: `The deduplication window (ttl) is ${spell(ttlMs)}; the queue may deliver a message ${spell(leastMs)} after it was sent.`,
      fix: `Set ttl to at least ${spell(leastMs)}, or shorten retentionPeriod.`,
    }
  },
}
