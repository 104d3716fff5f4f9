import { apply, type Request } from '../protocol/writes.ts'
import type { LateView, SlotView } from '../state/things.ts'
import { timeByte } from '../state/time.ts'
import { CLAIM_OVER, EXTEND, INSERT, NO_REQUEST, REQUEST_NAMES, TAKE_OVER } from '../state/values.ts'
import { at, type World } from '../state/world.ts'
import { HOST_NAMES, type Rule, type Step } from './step.ts'

/** A request that this slot sends now. */
export function requestOf(world: World, slot: SlotView, host: number, kind: number): Request {
  const { key, payload, owner, fence, attempt, seenStatus, seenOwner, seenFence, seenLease, seenExpires } =
    slot
  const shift = at(world.configuration.skews, host)
  // The end of its own invocation plus grace, on its own wall clock.
  const lease = timeByte(slot.lease - 1 + shift)
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
 * retry: same token) or give up. `answered` runs in the state after the write.
 */
export function send(
  world: World,
  step: Step,
  host: number,
  slot: SlotView,
  kind: number,
  answered: (applied: boolean) => void,
): void {
  const { budget } = world
  const who = at(HOST_NAMES, host)
  const name = at(REQUEST_NAMES, kind)
  const resent = at(world.messages, slot.message).resent === 1
  step(who, `${name}: answered`, false, () => {
    const applied = apply(world, requestOf(world, slot, host, kind), resent)
    slot.unanswered = 0
    answered(applied)
  })
  if (budget.network === 0) return
  if (slot.unanswered === 0) {
    step(who, `${name}: lost on the way`, true, () => {
      budget.network--
      slot.unanswered = 1
    })
  }
  step(who, `${name}: arrives, the answer is lost`, true, () => {
    budget.network--
    slot.unanswered = 1
    apply(world, requestOf(world, slot, host, kind), resent)
  })
  const free = world.late.find((late) => late.kind === NO_REQUEST)
  if (free === undefined) return
  step(who, `${name}: no answer, still on its way`, true, () => {
    budget.network--
    slot.unanswered = 1
    const request = requestOf(world, slot, host, kind)
    keep(free, request)
  })
  // A copy that arrives again after the answered one: a retry below the SDK, or a proxy's.
  step(who, `${name}: answered, a copy is still on its way`, true, () => {
    budget.network--
    const request = requestOf(world, slot, host, kind)
    keep(free, request)
    const applied = apply(world, request, resent)
    slot.unanswered = 0
    answered(applied)
  })
}

function keep(late: LateView, request: Request): void {
  late.kind = request.kind
  late.key = request.key
  late.payload = request.payload
  late.owner = request.owner
  late.skew = request.skew
  if (isClaim(request.kind) || request.kind === EXTEND) late.lease = request.lease
  if (!isClaim(request.kind)) {
    late.fence = request.fence
    late.attempt = request.attempt
  }
  if (request.kind === TAKE_OVER) {
    late.seenStatus = request.seenStatus
    late.seenOwner = request.seenOwner
    late.seenFence = request.seenFence
    late.seenLease = request.seenLease
    late.seenExpires = request.seenExpires
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
