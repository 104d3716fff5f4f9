import { windowProblem } from '../../src/options/window.ts'
import { marginOf } from '../../src/protocol/windows.ts'
import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'
import { longestLeaseOf } from './wiring.ts'

/**
 * Deduplication window ≥ lease + margin: the rule that the handler checks at start, at synth.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export const windowOutlivesLease: Invariant = {
  id: 'window-outlives-lease',
  severity: 'throw',
  reason: 'The record could be claimed again while its owner still runs; the handler refuses to start.',
  page: PAGES.timeToLive,
  check: (wiring) => {
    const { ttlMs, clockErrorMs } = wiring
    const leaseMs = longestLeaseOf(wiring)
    if (ttlMs === undefined || leaseMs === undefined || clockErrorMs === undefined) return undefined
    const leastMs = leaseMs + marginOf(clockErrorMs)
    const found = windowProblem(ttlMs, leastMs)
    return found === undefined ? undefined : { found, fix: `Set ttl to at least ${spell(leastMs)}.` }
  },
}
