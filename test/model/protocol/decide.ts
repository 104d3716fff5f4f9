import type { RecordView, SlotView } from '../state/things.ts'
import { ENDLESS, ticksOf } from '../state/time.ts'
import { ABSENT, COMPLETED, FAILED, FOREIGN, IN_PROGRESS, POISONED } from '../state/values.ts'
import { at, type World } from '../state/world.ts'

/** What an observed record means for an execution that wants to claim: the table of protocol.md, in its order. */
export type Decision =
  | 'absent'
  | 'own claim'
  | 'own completion'
  | 'mismatch'
  | 'duplicate'
  | 'busy'
  | 'claimable'
  | 'poisoned'
  | 'unknown'
  | 'clock off'

/** `shift`: the asker's clock minus true time, in ticks. */
export function decide(world: World, record: RecordView, slot: SlotView, shift: number): Decision {
  const { guards } = world
  if (record.status === ABSENT) return 'absent'
  if (record.status === FOREIGN) return guards['unknown-record'] ? 'unknown' : 'claimable'
  if (record.owner === slot.owner) {
    if (record.status === IN_PROGRESS && guards['claim-own-write']) return 'own claim'
    if (record.status === COMPLETED && guards['complete-own-write']) return 'own completion'
    if (record.status === FAILED || record.status === POISONED) return 'busy'
  }
  const expired = isExpired(world, record, shift)
  if (!expired && differs(world, record, slot)) return 'mismatch'
  switch (record.status) {
    case IN_PROGRESS:
      return isStuck(world, record, shift) ? byClock(world, shift) : 'busy'
    case COMPLETED:
      if (!guards['window-start']) return 'claimable'
      return expired && guards['window-end'] ? byClock(world, shift) : 'duplicate'
    case FAILED:
      return expired ? byClock(world, shift) : 'claimable'
    default:
      if (expired || at(world.messages, slot.message).resent === 1) return byClock(world, shift)
      return guards.poison ? 'poisoned' : 'claimable'
  }
}

/**
 * Whether one write with the whole condition finds the record claimable. An expired window is left to a second look;
 * so is a record of the same token, or a late copy of a claim would take again what its owner has released.
 */
export function isClaimableAtOnce(
  world: World,
  record: RecordView,
  claim: { readonly owner: number; readonly payload: number },
  shift: number,
): boolean {
  const { guards } = world
  if (record.status === ABSENT) return true
  if (record.status === FOREIGN) return !guards['unknown-record']
  if (guards['other-token'] && record.owner === claim.owner) return false
  if (isExpired(world, record, shift)) return false
  if (guards.fingerprint && record.payload !== claim.payload) return false
  return record.status === FAILED || (record.status === IN_PROGRESS && isStuck(world, record, shift))
}

/** The host can tell from the server's `Date` that its clock is further off than the clock error. */
export function clockIsOff(world: World, shift: number): boolean {
  return Math.abs(shift) > world.configuration.clockError
}

/** A decision that rests on comparing clocks is refused by a host whose clock is known to be wrong. */
function byClock(world: World, shift: number): Decision {
  return clockIsOff(world, shift) && world.guards['skew-refusal'] ? 'clock off' : 'claimable'
}

function margin(world: World): number {
  return world.guards.margin ? 2 * world.configuration.clockError : 0
}

function isStuck(world: World, record: RecordView, shift: number): boolean {
  const { guards } = world
  if (!guards.takeover) return false
  if (!guards.lease) return true
  if (record.lease === ENDLESS) return !guards['missing-lease']
  return ticksOf(record.lease) + margin(world) < shift
}

function isExpired(world: World, record: RecordView, shift: number): boolean {
  return ticksOf(record.expires) + margin(world) < shift
}

function differs(world: World, record: RecordView, slot: SlotView): boolean {
  return world.guards.fingerprint && record.payload !== slot.payload
}
