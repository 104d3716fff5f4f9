import type { Invocation } from '../invocation.ts'
import type { Checker } from './checker.ts'
import type { ClaimRecord } from './claims.ts'
import { clockErrorOf } from './clock.ts'

const SET_MS = 100

/**
 * When a handler starts its own lease is not over, and lasts until its invocation is: in the server's time, however far
 * this host's clock is off.
 */
export function judgeOwnLease(
  checker: Checker,
  claim: ClaimRecord,
  invocation: Invocation,
  messageId: string,
): void {
  const { world, scenario } = checker.simulation
  if (checker.tampered.has(claim.id) || claim.host.goesByItsOwnClock) return
  // A clock that is set by less than that is not worth an extension.
  const errorMs = clockErrorOf(scenario) + SET_MS
  const leaseUntil = claim.leaseUntil ?? 0
  if (world.time >= leaseUntil + errorMs) {
    world.fail('lease', `${messageId} started ${world.time - leaseUntil} ms after its own lease`)
    return
  }
  if (scenario.environment === 'open') return
  const short = invocation.deadline + scenario.leaseGraceMs - leaseUntil
  if (short > errorMs) {
    world.fail('lease', `${messageId} started under a lease that ends ${short} ms too early`)
  }
}
