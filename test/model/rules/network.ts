import { excuseClaim } from '../invariants.ts'
import { compareClock, isMisdated, ownShiftOf, shiftOf } from '../protocol/clock.ts'
import { apply, type Request } from '../protocol/writes.ts'
import type { LateView, SlotView } from '../state/things.ts'
import { timeByte } from '../state/time.ts'
import { CLAIM_OVER, EXTEND, GIVE_UP, INSERT, NO_REQUEST, REQUEST_NAMES, TAKE_OVER } from '../state/values.ts'
import { at, type World } from '../state/world.ts'
import { HOST_NAMES, type Rule, type Step } from './step.ts'

/** What a slot sends. */
export interface Sending {
  readonly kind: number
  /** Ticks of lease it asks for, plus 1, in true time; otherwise what is left of its own. */
  readonly lease?: number
  /** Whether the slot waits for this answer before anything else; an extension goes beside the run. */
  readonly beside?: boolean
  /** Runs as soon as it is sent, whatever becomes of it. */
  readonly sent?: () => void
  /** Runs in the state after the write. */
  readonly answered: (applied: boolean) => void
}

/** The request as this slot sends it now. */
export function requestOf(
  world: World,
  slot: SlotView,
  host: number,
  kind: number,
  ownLease = slot.lease,
): Request {
  const { key, payload, owner, fence, attempt, seenStatus, seenOwner, seenFence, seenLease, seenExpires } =
    slot
  const shift = world.guards['lease-time'] ? shiftOf(world, host) : ownShiftOf(world, host)
  // The end of its own invocation plus grace, on its own wall clock.
  const lease = timeByte(ownLease - 1 + shift)
  return {
    kind,
    key,
    payload,
    owner,
    fence,
    attempt,
    seenStatus,
    seenOwner,
    seenFence,
    seenLease,
    seenExpires,
    lease,
    skew: timeByte(shift),
    age: 0,
  }
}

/**
 * One conditional write with all that can happen to it: answered; lost on the way; applied with its answer lost; on
 * its way for longer than the sender waits. Unanswered, the slot stays where it is: it may send again (the SDK's
 * retry: same token) or give up. An answer also tells the time.
 */
export function send(world: World, step: Step, host: number, slot: SlotView, sending: Sending): void {
  const { budget } = world
  const { kind, beside = false, answered } = sending
  const who = at(HOST_NAMES, host)
  const name = at(REQUEST_NAMES, kind)
  const resent = at(world.messages, slot.message).resent === 1
  const leave = (): Request => {
    const request = requestOf(world, slot, host, kind, sending.lease)
    if (isClaim(kind) && isMisdated(world, host)) slot.misdated = 1
    sending.sent?.()
    return request
  }
  const lose = () => {
    budget.network--
    if (!beside) slot.unanswered = 1
  }
  const answer = (request: Request) => {
    const applied = apply(world, request, resent)
    compareClock(world, host)
    if (!beside) slot.unanswered = 0
    answered(applied)
  }
  step(who, `${name}: answered`, false, () => answer(leave()))
  if (budget.network === 0) return
  if (slot.unanswered === 0 && !beside) {
    step(who, `${name}: lost on the way`, true, () => {
      leave()
      lose()
    })
  }
  step(who, `${name}: arrives, the answer is lost`, true, () => {
    apply(world, leave(), resent)
    lose()
  })
  const free = world.late.find((late) => late.kind === NO_REQUEST)
  if (free === undefined) return
  step(who, `${name}: no answer, still on its way`, true, () => {
    keep(free, leave())
    lose()
  })
  // A copy that arrives again after the answered one: a retry below the SDK, or a proxy's.
  step(who, `${name}: answered, a copy is still on its way`, true, () => {
    budget.network--
    const request = leave()
    keep(free, request)
    answer(request)
  })
}

function keep(late: LateView, request: Request): void {
  late.kind = request.kind
  late.key = request.key
  late.payload = request.payload
  late.owner = request.owner
  late.skew = request.skew
  if (isClaim(request.kind) || request.kind === EXTEND) late.lease = request.lease
  if (request.kind === TAKE_OVER || request.kind === GIVE_UP) {
    late.seenStatus = request.seenStatus
    late.seenOwner = request.seenOwner
    late.seenFence = request.seenFence
    late.seenLease = request.seenLease
    late.seenExpires = request.seenExpires
  } else if (!isClaim(request.kind)) {
    late.fence = request.fence
    late.attempt = request.attempt
  }
}

/** Late requests arrive, or never do. */
export const lateArrivals: Rule = (world, step) => {
  for (const late of world.late) {
    if (late.kind === NO_REQUEST) continue
    const name = at(REQUEST_NAMES, late.kind)
    step('network', `${name}: arrives late`, false, () => {
      const before = world.records[late.key]?.status
      const applied = apply(world, late, false)
      if (applied) world.see(before === 0 || isClaim(late.kind) ? 'late claim' : 'late settlement')
      if (applied && isClaim(late.kind)) excuseClaim(world, late.key, late.owner)
      late.erase()
    })
    step('network', `${name}: never arrives`, false, () => late.erase())
  }
}

function isClaim(kind: number): boolean {
  return kind === INSERT || kind === TAKE_OVER || kind === CLAIM_OVER
}

/** The age up to which ticks are counted: far beyond, an old `now` only finds less claimable. */
const MAX_AGE = 3

/** One tick for what is under way. */
export function ageRequests(world: World, sinkTime: (byte: number) => number): void {
  for (const late of world.late) {
    if (late.kind === NO_REQUEST) continue
    // The whole-condition claim carries the time it was sent at; nothing else depends on it.
    if (late.kind === CLAIM_OVER && late.age < MAX_AGE) late.age++
    late.lease = sinkTime(late.lease)
    late.seenLease = sinkTime(late.seenLease)
    late.seenExpires = sinkTime(late.seenExpires)
  }
}
