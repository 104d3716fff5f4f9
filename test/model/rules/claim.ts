import { checkBusy, checkForeign, witnessDuplicate } from '../invariants.ts'
import { clockIsOff, type Decision, decide } from '../protocol/decide.ts'
import type { RecordView, SlotView } from '../state/things.ts'
import { NONE } from '../state/time.ts'
import {
  ABSENT,
  CLAIM_OVER,
  DECIDED,
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
import { send } from './network.ts'
import { HOST_NAMES, type Rule } from './step.ts'

/**
 * Claims in all forms: an insert, a read followed by a compare-and-set (or insert), and one write with the whole
 * condition. Which form a message gets depends in the code on its receive count; here every form is always possible.
 */
export const claims: Rule = (world, step) => {
  awakeSlots(world, (slot, host) => {
    if (slot.pc !== START && slot.pc !== DECIDED) return
    const shift = at(world.configuration.skews, host)
    if (slot.lease === 0) {
      // Its invocation is long over: no answer would be of use to it.
      step(at(HOST_NAMES, host), 'gives up claiming: its deadline is past', false, () => end(slot, REPORTED))
      return
    }
    const answered = (applied: boolean) => (applied ? hold(world, slot) : look(world, slot, shift))
    if (slot.pc === START) {
      step(at(HOST_NAMES, host), 'reads the record', false, () => look(world, slot, shift))
      send(world, step, host, slot, INSERT, answered)
      if (world.configuration.wholeCondition && (!clockIsOff(world, shift) || !world.guards['skew-look'])) {
        send(world, step, host, slot, CLAIM_OVER, answered)
      }
    } else {
      send(world, step, host, slot, slot.seenStatus === ABSENT ? INSERT : TAKE_OVER, (applied) => {
        if (!applied && slot.again === 0) world.see('lost race')
        answered(applied)
      })
    }
    if (slot.unanswered === 1) {
      step(at(HOST_NAMES, host), 'gives up claiming: no answer', false, () => {
        if (world.guards['fail-closed']) end(slot, REPORTED)
        else slot.pc = HELD
      })
    }
  })
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
function look(world: World, slot: SlotView, shift: number): void {
  const record = recordOf(world, slot.key)
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
      if (slot.again === 1) end(slot, REPORTED)
      else remember(slot, record)
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
  'clock off': 'takeover refused by a wrong clock',
  unknown: 'unknown record',
}

/** What the next write compares with. */
function remember(slot: SlotView, record: RecordView): void {
  slot.again = slot.pc === DECIDED ? 1 : 0
  slot.pc = DECIDED
  slot.unanswered = 0
  slot.seenStatus = record.status
  slot.seenOwner = record.owner
  slot.seenFence = record.fence
  slot.seenLease = record.lease
  slot.seenExpires = record.status === IN_PROGRESS ? NONE : record.expires
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
}
