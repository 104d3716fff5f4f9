import type { OnceEvent, Outcome } from '../../../src/index.ts'
import type { RareEvent } from '../coverage.ts'
import type { View } from '../dynamodb/item.ts'
import type { Host } from '../host.ts'
import type { Simulation } from '../simulation.ts'
import type { Checker } from './checker.ts'

/** Counts rare events among the writes. */
export function countWrite(
  checker: Checker,
  _id: string,
  old: View | undefined,
  now: View,
  writer: Host,
  claims: boolean,
): void {
  const { world } = checker.simulation
  const { coverage } = world
  if (now.status === 'POISONED') coverage.hit('poisoned')
  if (now.status === 'POISONED' && now.owner !== old?.owner) coverage.hit('poisonedAtTakeover')
  if (!claims) return
  if (isOff(checker, writer)) coverage.hit('claimByCorrectedHost')
  if (writer.dead || writer.active === 0) coverage.hit('lateClaim')
  if (old === undefined) return
  const fresh = now.attempts === 1
  if (old.status === 'IN_PROGRESS')
    coverage.hit(old.leaseUntil === undefined ? 'endlessClaimTaken' : 'takeover')
  if ((old.status === 'FAILED' || old.status === 'POISONED') && old.fingerprint !== now.fingerprint) {
    coverage.hit('correctedPayload')
  }
  if (old.status === 'IN_PROGRESS') return
  if (old.status === 'FAILED' && !fresh) coverage.hit('retryAfterFailure')
  else if (old.status === 'POISONED' && old.expiresAt > world.time) coverage.hit('resentAfterPoison')
  else if (fresh) coverage.hit('expiredWindow')
}

/** Counts what the code under test says of itself. Coverage only: no invariant rests on it. */
export function countNotice(simulation: Simulation, event: OnceEvent): void {
  const { coverage } = simulation.world
  if (event.kind === 'notice') {
    const counted = NOTICES[event.notice]
    if (counted !== undefined) coverage.hit(counted)
    return
  }
  if (event.kind !== 'message') return
  const counted = COUNTED[event.outcome]
  if (counted !== undefined) coverage.hit(counted)
  if (event.outcome === 'duplicate' && simulation.scenario.cached) coverage.hit('duplicateUnderCache')
  if (event.outcome === 'not-started' && simulation.scenario.fifo) coverage.hit('fifoStop')
}

function isOff({ simulation }: Checker, { skew }: Host): boolean {
  return Math.abs(skew) > simulation.scenario.clockErrorMs
}

const NOTICES: Readonly<Record<string, RareEvent>> = {
  'clock-skew': 'clockCorrected',
  'given-back': 'givenBack',
  'left-running': 'leftRunning',
}

const COUNTED: { readonly [outcome in Outcome]?: RareEvent } = {
  mismatch: 'mismatch',
  busy: 'busy',
  duplicate: 'duplicateSkipped',
  'unknown-record': 'unknownRecord',
  shared: 'duplicateInBatch',
}
