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
  | 'exhausted'
  | 'poisoned'
  | 'unknown'

/** `shift`: the asker's clock minus true time, in ticks. */
export function decide(world: World, record: RecordView, slot: SlotView, shift: number): Decision {
  const { guards } = world
  if (record.status === ABSENT) return 'absent'
  if (record.status === FOREIGN) return guards['unknown-record'] ? 'unknown' : 'claimable'
  if (record.owner === slot.owner) {
    if (record.status === IN_PROGRESS && guards['claim-own-write']) return 'own claim'
    if (record.status === COMPLETED && guards['complete-own-write']) return 'own completion'
    if (record.status === FAILED) return 'busy'
    if (record.status === POISONED) return 'poisoned'
  }
  const expired = isExpired(world, record, shift)
  if (!expired && mayMismatch(world, record) && differs(world, record, slot)) return 'mismatch'
  switch (record.status) {
    case IN_PROGRESS:
      if (!isStuck(world, record, shift)) return 'busy'
      return isExhausted(world, record) ? 'exhausted' : 'claimable'
    case COMPLETED:
      if (!guards['window-start']) return 'claimable'
      return expired && guards['window-end'] ? 'claimable' : 'duplicate'
    case FAILED:
      return 'claimable'
    default:
      if (expired || at(world.messages, slot.message).resent === 1) return 'claimable'
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
  if (mayMismatch(world, record) && guards.fingerprint && record.payload !== claim.payload) return false
  if (record.status === FAILED) return true
  if (record.status !== IN_PROGRESS || !isStuck(world, record, shift)) return false
  return !(guards['exhausted-at-once'] && isExhausted(world, record))
}

/** Nothing is completed where a handler has failed or was given up: a corrected message is why one sends again. */
function mayMismatch(world: World, record: RecordView): boolean {
  if (record.status === FAILED) return !world.guards['failed-correction']
  if (record.status === POISONED) return !world.guards['poisoned-correction']
  return true
}

/** It has had all its attempts: whatever its handler does, it must not do it for ever. */
function isExhausted(world: World, record: RecordView): boolean {
  const { maxAttempts } = world.configuration
  return world.guards.exhausted && maxAttempts > 0 && record.attempts >= maxAttempts
}

function margin(world: World): number {
  return world.guards.margin ? 2 * world.configuration.clockError : 0
}

function isStuck(world: World, record: RecordView, shift: number): boolean {
  const { guards } = world
  if (!guards.takeover) return false
  if (!guards.lease) return true
  if (record.lease === ENDLESS) {
    // Nobody knows how long it is held; its window is the end of it.
    if (!guards['missing-lease']) return true
    return guards['missing-lease-end'] && isExpired(world, record, shift)
  }
  return ticksOf(record.lease) + margin(world) < shift
}

/** Whether attempts are counted from one when this is claimed: its window is over, or it was given up. */
export function startsAgain(world: World, record: RecordView, shift: number): boolean {
  if (record.status === IN_PROGRESS) return record.lease === ENDLESS
  return record.status !== FAILED || isExpired(world, record, shift)
}

function isExpired(world: World, record: RecordView, shift: number): boolean {
  return ticksOf(record.expires) + margin(world) < shift
}

function differs(world: World, record: RecordView, slot: SlotView): boolean {
  return world.guards.fingerprint && record.payload !== slot.payload
}
