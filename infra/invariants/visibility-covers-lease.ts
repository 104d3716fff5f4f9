import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'
import { leaseOf } from './wiring.ts'

/**
 * Visibility timeout ≥ the lease: the function's timeout and the grace for a late kill.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const visibilityCoversLease: Invariant = {
  id: 'visibility-covers-lease',
  severity: 'throw',
  reason:
    'Every message whose run was cut off would come back to a record still leased, fail as busy and use up a delivery.',
  page: PAGES.visibility,
  check: (wiring) => {
    const { visibilityMs, timeoutMs = 0 } = wiring
    const leaseMs = leaseOf(wiring)
    // Below the timeout the other invariant speaks.
    if (visibilityMs === undefined || leaseMs === undefined) return undefined
    if (visibilityMs >= leaseMs || visibilityMs < timeoutMs) return undefined
    return {
      found: `The visibility timeout is ${spell(visibilityMs)}, the lease ${spell(leaseMs)} (timeout and grace).`,
      fix: `Set visibilityTimeout to at least ${spell(leaseMs)}.`,
    }
  },
}
