import { checkBusy, checkForeign, excuseClaim, witnessDuplicate } from '../invariants.ts'
import { compareClock, isMisdated, ownShiftOf, shiftOf } from '../protocol/clock.ts'
import { type Decision, decide } from '../protocol/decide.ts'
import type { RecordView, SlotView } from '../state/things.ts'
import { ENDLESS, NONE } from '../state/time.ts'
import {
  ABSENT,
  CLAIM_OVER,
  DECIDED,
  GIVE_UP,
  HELD,
  IN_PROGRESS,
  INSERT,
  OK,
  REPORTED,
  START,
  TAKE_OVER,
} from '../state/values.ts'
import { at, recordOf, type World } from '../state/world.ts'
import { awakeSlots } from './awake.ts'
import { isStopped } from './group.ts'
import { send } from './network.ts'
import { HOST_NAMES, type Rule, type Step } from './step.ts'

/**
 * Claims in all forms: an insert, a read followed by a compare-and-set (or insert), and one write with the whole
 * condition, which only a host uses whose clock has been compared. Which form a message gets depends in the code on its receive count; here every form is always possible.
 */
export const claims: Rule = (world, step) => {
  awakeSlots(world, (slot, host) => {
    if (slot.pc !== START && slot.pc !== DECIDED) return
    const who = at(HOST_NAMES, host)
    if (slot.lease === 0) {
      // Its invocation is long over: no answer would be of use to it.
      step(who, 'gives up claiming: its deadline is past', false, () => giveUpClaiming(world, slot))
      return
    }
    if (isStopped(world, slot, host)) {
      step(who, 'stops the group before the claim', false, () => {
        world.see('FIFO stop')
        giveUpClaiming(world, slot)
      })
      return
    }
    const answered = (applied: boolean) => (applied ? hold(world, slot) : look(world, slot, host))
    if (slot.pc === START) {
      step(who, 'reads the record', false, () => {
        compareClock(world, host)
        look(world, slot, host)
      })
      send(world, step, host, slot, { kind: INSERT, answered })
      if (world.configuration.wholeCondition && !(isMisdated(world, host) && world.guards['skew-look'])) {
        send(world, step, host, slot, { kind: CLAIM_OVER, answered })
      }
    } else {
      decided(world, step, slot, host, answered)
    }
    if (slot.unanswered === 1) {
      step(who, 'gives up claiming: no answer', false, () => {
        if (world.guards['fail-closed']) giveUpClaiming(world, slot)
        else {
          slot.pc = HELD
          slot.unanswered = 0
        }
      })
    }
  })
}

/** What it has seen is written over, if it is still so. */
function decided(
  world: World,
  step: Step,
  slot: SlotView,
  host: number,
  answered: (applied: boolean) => void,
): void {
  const raced = (applied: boolean) => {
    if (!applied && slot.again === 0) world.see('lost race')
  }
  if (slot.exhausted === 1) {
    send(world, step, host, slot, {
      kind: GIVE_UP,
      answered: (applied) => {
        raced(applied)
        if (applied) end(slot, REPORTED)
        else look(world, slot, host)
      },
    })
    return
  }
  send(world, step, host, slot, {
    kind: slot.seenStatus === ABSENT ? INSERT : TAKE_OVER,
    answered: (applied) => {
      raced(applied)
      answered(applied)
    },
  })
}

/** Nothing more is sent; what was sent and not answered may have been granted. */
function giveUpClaiming(world: World, slot: SlotView): void {
  if (slot.unanswered === 1) excuseClaim(world, slot.key, slot.owner)
  end(slot, REPORTED)
}

/** The claim was granted: what the answer says about it. */
function hold(world: World, slot: SlotView): void {
  const record = recordOf(world, slot.key)
  slot.pc = HELD
  slot.fence = record.fence
  slot.attempt = record.attempts
  forgetSeen(slot)
}

/** Classifies the record and acts on it; after a lost race only once more. */
function look(world: World, slot: SlotView, host: number): void {
  const record = recordOf(world, slot.key)
  const shift = world.guards['takeover-time'] ? shiftOf(world, host) : ownShiftOf(world, host)
  const decision = decide(world, record, slot, shift)
  if (decision !== 'absent' && decision !== 'claimable') world.see(EVENTS[decision] ?? decision)
  switch (decision) {
    case 'own claim':
      hold(world, slot)
      break
    case 'own completion':
    case 'duplicate':
      if (decision === 'duplicate') checkForeign(world, record, slot)
      witnessDuplicate(world, record, slot)
      end(slot, OK)
      break
    case 'absent':
    case 'claimable':
    case 'exhausted':
      if (slot.again === 1) end(slot, REPORTED)
      else remember(slot, record, decision === 'exhausted')
      break
    case 'busy':
      checkForeign(world, record, slot)
      checkBusy(world, record)
      end(slot, world.guards['busy-fails'] ? REPORTED : OK)
      break
    default:
      end(slot, REPORTED)
  }
}

/** How some decisions are called among the rare events. */
const EVENTS: Partial<Record<Decision, string>> = {
  'own claim': 'own claim recognised',
  mismatch: 'payload mismatch',
  poisoned: 'met a poisoned record',
  unknown: 'unknown record',
}

/** What the next write compares with. */
function remember(slot: SlotView, record: RecordView, exhausted: boolean): void {
  slot.again = slot.pc === DECIDED ? 1 : 0
  slot.pc = DECIDED
  slot.unanswered = 0
  slot.seenStatus = record.status
  slot.seenOwner = record.owner
  slot.seenFence = record.fence
  slot.seenLease = record.lease
  slot.seenExpires = record.status === IN_PROGRESS && record.lease !== ENDLESS ? NONE : record.expires
  slot.exhausted = exhausted ? 1 : 0
}

/** The outcome is known; nothing else about the execution matters any more. */
export function end(slot: SlotView, outcome: number): void {
  slot.pc = outcome
  slot.owner = 0
  slot.fence = 0
  slot.attempt = 0
  slot.unanswered = 0
  slot.again = 0
  slot.lease = 0
  slot.misdated = 0
  slot.bound = 0
  slot.made = 0
  forgetSeen(slot)
}

function forgetSeen(slot: SlotView): void {
  slot.unanswered = 0
  slot.again = 0
  slot.seenStatus = 0
  slot.seenOwner = 0
  slot.seenFence = 0
  slot.seenLease = 0
  slot.seenExpires = 0
  slot.exhausted = 0
}
