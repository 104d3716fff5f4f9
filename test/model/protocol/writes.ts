import { checkFence, checkPut, checkReplaced, checkSettle, checkToken } from '../invariants.ts'
import type { RecordView } from '../state/things.ts'
import { NONE, ticksOf, timeByte } from '../state/time.ts'
import {
  ABSENT,
  CLAIM_OVER,
  COMPLETE,
  COMPLETED,
  EXTEND,
  FAILED,
  IN_PROGRESS,
  INSERT,
  POISONED,
  PUT_COMPLETED,
  RELEASE,
  TAKE_OVER,
} from '../state/values.ts'
import { recordOf, type World } from '../state/world.ts'
import { isClaimableAtOnce } from './decide.ts'

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
  /** The sender's clock minus true time, plus 16. */
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
    case RELEASE: {
      if (!maySettle(world, record, request, 'release-identity')) return false
      checkSettle(world, record, request.owner, request.fence)
      const { maxAttempts } = world.configuration
      record.status = maxAttempts > 0 && request.attempt >= maxAttempts ? POISONED : FAILED
      if (record.status === POISONED) world.see('poisoned')
      record.lease = NONE
      record.expires = windowEnd(world, request)
      return true
    }
    case EXTEND:
      if (!maySettle(world, record, request, 'extend-identity')) return false
      checkSettle(world, record, request.owner, request.fence)
      record.lease = request.lease
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
  if (request.seenStatus === IN_PROGRESS) return !guards['seen-lease'] || record.lease === request.seenLease
  return !guards['seen-window'] || record.expires === request.seenExpires
}

function grant(world: World, record: RecordView, request: Readonly<Request>, resent: boolean): boolean {
  checkReplaced(world, record, resent)
  checkToken(world, record, request.owner)
  const restarts = record.status === ABSENT || ticksOf(record.expires) < 0 || record.status === POISONED
  const fence = !world.guards['fence-grows'] && record.status === ABSENT ? 1 : record.highFence + 1
  checkFence(world, record, fence)
  noteGrant(world, record, restarts)
  if (restarts) {
    record.effects = 0
    record.excused = 0
    record.made = 0
    record.attempts = 0
  }
  record.status = IN_PROGRESS
  record.owner = request.owner
  record.fence = fence
  record.highFence = Math.max(record.highFence, fence)
  record.attempts = Math.min(record.attempts + 1, Math.max(world.configuration.maxAttempts, 1))
  record.lease = request.lease
  record.expires = windowEnd(world, request)
  record.payload = request.payload
  return true
}

function noteGrant(world: World, record: RecordView, restarts: boolean): void {
  if (record.status === IN_PROGRESS) world.see('takeover')
  else if (record.status === FAILED) world.see('retry of a failed record')
  else if (record.status !== ABSENT && restarts) world.see('new window over an old record')
  else if (record.status === ABSENT && record.highFence > 0) world.see('insert after deletion')
}

function complete(world: World, record: RecordView, request: Readonly<Request>): boolean {
  record.status = COMPLETED
  record.lease = NONE
  record.expires = windowEnd(world, request)
  // Put into an absent record there is no transaction, and so no effect.
  if (world.configuration.transactional && request.kind === COMPLETE) makeEffect(record, request.payload)
  return true
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
  identity: 'complete-identity' | 'release-identity' | 'extend-identity',
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
