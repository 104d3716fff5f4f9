import { marginOf } from '../../src/protocol/windows.ts'
import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'
import { leaseOf, longestLeaseOf, type Wiring } from './wiring.ts'

/**
 * Visibility timeout ≥ batching window + lease + margin: then a redelivery never meets a dead owner's live lease.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const visibilityCoversTakeover: Invariant = {
  id: 'visibility-covers-takeover',
  severity: 'warn',
  reason:
    'The visibility timeout runs from the receive, the lease from the claim: a message whose run was cut off may come back too early to be taken over.',
  page: PAGES.visibility,
  check: (wiring) => {
    const { visibilityMs } = wiring
    const leastMs = visibilityOfTakeover(wiring)
    const leaseMs = leaseOf(wiring)
    if (visibilityMs === undefined || leaseMs === undefined || leastMs === undefined) return undefined
    if (visibilityMs >= leastMs || visibilityMs < leaseMs) return undefined
    return {
      found: `The visibility timeout is ${spell(visibilityMs)}, less than batching window, lease and margin together.`,
      fix: `Set visibilityTimeout to at least ${spell(leastMs)}.`,
    }
  },
}

/** The visibility timeout after which whoever held a message holds it no more. On Managed Instances twice the timeout. */
export function visibilityOfTakeover(wiring: Wiring): number | undefined {
  const { clockErrorMs, batchingWindowMs = 0 } = wiring
  const leaseMs = longestLeaseOf(wiring)
  if (leaseMs === undefined || clockErrorMs === undefined) return undefined
  return batchingWindowMs + leaseMs + marginOf(clockErrorMs)
}
