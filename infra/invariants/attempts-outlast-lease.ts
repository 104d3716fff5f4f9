import { marginOf } from '../../src/protocol/windows.ts'
import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'
import { longestLeaseOf } from './wiring.ts'

/**
 * (maxReceiveCount - 1) × visibility timeout ≥ lease + margin: the last delivery comes late enough to take over.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export const attemptsOutlastLease: Invariant = {
  id: 'attempts-outlast-lease',
  severity: 'throw',
  reason:
    'A message whose first run was cut off would reach the dead-letter queue before its lease ends, so without a second run.',
  page: PAGES.deadLetter,
  check: (wiring) => {
    const { visibilityMs, maxReceiveCount, clockErrorMs } = wiring
    const leaseMs = longestLeaseOf(wiring)
    if (visibilityMs === undefined || maxReceiveCount === undefined) return undefined
    if (leaseMs === undefined || clockErrorMs === undefined) return undefined
    const leastMs = leaseMs + marginOf(clockErrorMs)
    if ((maxReceiveCount - 1) * visibilityMs >= leastMs) return undefined
    return {
      found: `The last of ${maxReceiveCount} deliveries comes ${spell((maxReceiveCount - 1) * visibilityMs)} after the first; lease and margin are ${spell(leastMs)}.`,
      fix: `Set maxReceiveCount to at least ${Math.ceil(leastMs / visibilityMs) + 1}; 5 or more is advised.`,
    }
  },
}
