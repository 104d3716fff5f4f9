import { checkFence, checkPut, checkReplaced, checkSettle, checkToken } from '../invariants.ts'
import type { RecordView } from '../state/things.ts'
import { ENDLESS, NONE, ticksOf, timeByte } from '../state/time.ts'
import {
  ABSENT,
  CLAIM_OVER,
  COMPLETE,
  COMPLETED,
  EXTEND,
  FAILED,
  GIVE_BACK,
  GIVE_UP,
  IN_PROGRESS,
  INSERT,
  POISONED,
  PUT_COMPLETED,
  RELEASE,
  TAKE_OVER,
} from '../state/values.ts'
import { recordOf, type World } from '../state/world.ts'
import { isClaimableAtOnce, startsAgain } from './decide.ts'

/** A conditional write as it travels: what a slot sends now, or a copy of it that arrives late. */
export interface Request {
  kind: number
  key: number
  payload: number
  owner: number
  fence: number
  attempt: number
  seenStatus: number
  seenOwner: number
  seenFence: number
  seenLease: number
  seenExpires: number
  /** Time: the lease it asks for. */
  lease: number
  /** The sender's clock, as far as corrected, minus true time, plus 16. */
  skew: number
  /** Ticks since it was sent. */
  age: number
}

/** The store's side: evaluates the condition and writes, in one step. False: the condition failed. */
export function apply(world: World, request: Readonly<Request>, resent: boolean): boolean {
  const record = recordOf(world, request.key)
  switch (request.kind) {
    case INSERT:
      if (record.status !== ABSENT) return false
      return grant(world, record, request, resent)
    case TAKE_OVER:
      if (!isAsSeen(world, record, request)) return false
      return grant(world, record, request, resent)
    case CLAIM_OVER: {
      const sentWith = ticksOf(request.skew) - request.age
      if (!isClaimableAtOnce(world, record, request, sentWith)) return false
      return grant(world, record, request, resent)
    }
    case COMPLETE:
      if (!maySettle(world, record, request, 'complete-identity')) return false
      checkSettle(world, record, request.owner, request.fence)
      return complete(world, record, request)
    case GIVE_UP:
      if (!isAsSeen(world, record, request)) return false
      return giveUp(world, record, request)
    case GIVE_BACK:
      if (!maySettle(world, record, request, 'give-back-identity')) return false
      checkSettle(world, record, request.owner, request.fence)
      world.see('given back')
      record.status = FAILED
      // As if this claim had not been; set, not lowered, so that it may be asked for twice.
      if (world.guards['give-back-attempt']) record.attempts = Math.max(request.attempt - 1, 0)
      return unlease(world, record, request)
    case RELEASE: {
      if (!maySettle(world, record, request, 'release-identity')) return false
      checkSettle(world, record, request.owner, request.fence)
      const { maxAttempts } = world.configuration
      record.status = maxAttempts > 0 && request.attempt >= maxAttempts ? POISONED : FAILED
      if (record.status === POISONED) world.see('poisoned')
      return unlease(world, record, request)
    }
    case EXTEND:
      if (!maySettle(world, record, request, 'extend-identity')) return false
      checkSettle(world, record, request.owner, request.fence)
      // What is extended late, or twice, must not cut a newer lease.
      if (record.lease > request.lease) world.see('extension below a newer lease')
      record.lease = world.guards['extend-raises'] ? Math.max(record.lease, request.lease) : request.lease
      // Without this, TTL could delete a record whose lease is live: the window was long enough for the first lease.
      if (world.guards['extend-window']) record.expires = Math.max(record.expires, windowEnd(world, request))
      return true
    case PUT_COMPLETED:
      if (record.status !== ABSENT && world.guards['put-if-absent']) return false
      checkPut(world, record)
      record.owner = request.owner
      record.fence = request.fence
      record.attempts = request.attempt
      record.payload = request.payload
      // The put stands for the effect that its sender has made, in whatever window that was.
      if (!world.configuration.transactional) {
        record.made |= request.payload
        record.effects = Math.max(record.effects, 1)
      }
      return complete(world, record, request)
    default:
      throw new RangeError(`no request of kind ${request.kind}`)
  }
}

/** Compare-and-set: the record is still exactly what the read showed. */
function isAsSeen(world: World, record: RecordView, request: Readonly<Request>): boolean {
  const { guards } = world
  if (record.status === ABSENT) return false
  if (!guards['compare-and-set']) return true
  if (record.owner !== request.seenOwner || record.fence !== request.seenFence) return false
  if (!guards['seen-status']) return true
  if (record.status !== request.seenStatus) return false
  if (request.seenStatus === IN_PROGRESS && request.seenLease !== ENDLESS) {
    return !guards['seen-lease'] || record.lease === request.seenLease
  }
  return !guards['seen-window'] || record.expires === request.seenExpires
}

function grant(world: World, record: RecordView, request: Readonly<Request>, resent: boolean): boolean {
  checkReplaced(world, record, resent)
  checkToken(world, record, request.owner)
  const again = startsAgain(world, record, ticksOf(request.skew))
  const restarts = record.status === ABSENT || ticksOf(record.expires) < 0 || record.status === POISONED
  const fence = !world.guards['fence-grows'] && record.status === ABSENT ? 1 : record.highFence + 1
  checkFence(world, record, fence)
  noteGrant(world, record, restarts)
  if (record.status !== ABSENT && record.payload !== request.payload) notePayload(world, record)
  if (restarts) {
    record.effects = 0
    record.excused = 0
    record.made = 0
  }
  if (again) {
    record.attempts = 0
    record.runs = 0
    record.faulted = 0
  }
  record.status = IN_PROGRESS
  record.owner = request.owner
  record.fence = fence
  record.highFence = Math.max(record.highFence, fence)
  record.attempts = Math.min(record.attempts + 1, world.configuration.maxAttempts)
  record.lease = request.lease
  record.expires = windowEnd(world, request)
  if (restarts || world.guards['fingerprint-taken']) record.payload = request.payload
  record.begun = 0
  return true
}

/** The stuck record of a handler that has had all its attempts. */
function giveUp(world: World, record: RecordView, request: Readonly<Request>): boolean {
  world.see('poisoned at takeover')
  record.status = POISONED
  record.owner = request.owner
  record.highFence++
  record.fence = record.highFence
  return unlease(world, record, request)
}

/** What every write that ends a claim does. */
function unlease(world: World, record: RecordView, request: Readonly<Request>): true {
  record.lease = NONE
  record.expires = windowEnd(world, request)
  record.begun = 0
  return true
}

function noteGrant(world: World, record: RecordView, restarts: boolean): void {
  if (record.status === IN_PROGRESS && record.lease === ENDLESS) world.see('takeover without a lease')
  else if (record.status === IN_PROGRESS) world.see('takeover')
  else if (record.status === FAILED) world.see('retry of a failed record')
  else if (record.status !== ABSENT && restarts) world.see('new window over an old record')
  else if (record.status === ABSENT && record.highFence > 0) world.see('insert after deletion')
}

function notePayload(world: World, record: RecordView): void {
  if (record.status === FAILED) world.see('corrected after a failure')
  else if (record.status === POISONED) world.see('corrected after poison')
}

function complete(world: World, record: RecordView, request: Readonly<Request>): boolean {
  record.status = COMPLETED
  record.runs = 0
  record.faulted = 0
  // Put into an absent record there is no transaction, and so no effect.
  if (world.configuration.transactional && request.kind === COMPLETE) makeEffect(record, request.payload)
  return unlease(world, record, request)
}

/** The effect itself: counted, and remembered for its payload. */
export function makeEffect(record: RecordView, payload: number): void {
  if (record.effects < 3) record.effects++
  record.made |= payload
  record.everMade |= payload
}

function maySettle(
  world: World,
  record: RecordView,
  request: Readonly<Request>,
  identity: 'complete-identity' | 'release-identity' | 'extend-identity' | 'give-back-identity',
): boolean {
  const { guards, configuration } = world
  if (record.status === ABSENT) return false
  if (configuration.transactional && request.kind === COMPLETE && !guards['transaction-condition'])
    return true
  if (guards['settle-status'] && record.status !== IN_PROGRESS) return false
  if (!guards[identity]) return true
  if (guards.token && record.owner !== request.owner) return false
  return !guards.fence || record.fence === request.fence
}

/** The window, by the sender's clock. A late request's window is counted from its arrival: a little longer. */
function windowEnd(world: World, request: Readonly<Request>): number {
  return timeByte(world.configuration.window + ticksOf(request.skew))
}
