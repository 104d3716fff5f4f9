import { viewOf } from '../dynamodb/item.ts'
import type { Invocation } from '../invocation.ts'
import type { Checker } from './checker.ts'

/** Claims ahead of the handlers, at most: two calls of the store. */
const CLAIMED_AHEAD = 200

/** Whether nothing kept this invocation from doing what it must: its own requests met no fault, and its host ran. */
export function isUnharmed(invocation: Invocation): boolean {
  const { host, faultsBefore, stalled, interfered } = invocation
  return !host.dead && host.faults === faultsBefore && !stalled && !interfered
}

/** I13: a handler that never started leaves no lease and no attempt behind. Judged when the invocation is answered. */
export function judgeGivenBack(checker: Checker, invocation: Invocation): void {
  if (!isUnharmed(invocation)) return
  const { world, state } = checker.simulation
  for (const claim of checker.book.of(invocation.batch.number)) {
    if (claim.execution !== undefined || claim.handedOver || checker.tampered.has(claim.id)) continue
    if (claim.ambiguous) continue
    const item = state.table.items.get(claim.id)
    const shown = item === undefined ? undefined : viewOf(item)
    if (shown?.owner !== claim.owner || shown.status !== 'IN_PROGRESS') continue
    world.fail(
      'I13',
      `${checker.simulation.keyOf(claim.id)} is still leased though its handler never started`,
    )
  }
}

/** A large event is claimed as it is run: memory stays flat, and little is claimed in vain. */
export function judgeClaimedAhead(checker: Checker, invocation: number): void {
  const { world, scenario } = checker.simulation
  if (!scenario.large || scenario.face !== 'sqsHandler') return
  let waiting = 0
  for (const claim of checker.book.of(invocation)) {
    if (claim.execution === undefined && !claim.givenBack) waiting++
  }
  const most = CLAIMED_AHEAD + 2 * scenario.concurrency
  if (waiting > most) world.fail('ahead', `${waiting} messages are claimed and wait, at most ${most} may`)
}

/** Each delivery of a large event makes progress: something that may be claimed runs. */
export function judgeProgress(checker: Checker, invocation: Invocation): void {
  const { world, scenario } = checker.simulation
  // Schemas that never answer keep a few of them.
  if (!scenario.large || invocation.claimable < 20 || invocation.host.dead || invocation.interfered) return
  if (invocation.started === 0) world.fail('progress', `batch ${invocation.batch.number} ran nothing at all`)
}
