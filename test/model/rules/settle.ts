import { checkForeign, excuse, witnessCompletion } from '../invariants.ts'
import type { SlotView } from '../state/things.ts'
import { ticksOf } from '../state/time.ts'
import {
  ABSENT,
  COMPLETE,
  COMPLETED,
  ERRED,
  EXTEND,
  HUNG,
  MADE,
  OK,
  PUT_COMPLETED,
  PUTTING,
  RELEASE,
  REPORTED,
  RUNNING,
} from '../state/values.ts'
import { at, recordOf, type World } from '../state/world.ts'
import { awakeSlots } from './awake.ts'
import { end } from './claim.ts'
import { send } from './network.ts'
import { HOST_NAMES, type Rule, type Step } from './step.ts'

/** Complete, release and extend. */
export const settlements: Rule = (world, step) => {
  awakeSlots(world, (slot, host) => {
    if (slot.pc === MADE) {
      complete(world, step, slot, host)
    } else if (slot.pc === PUTTING) {
      send(world, step, host, slot, {
        kind: PUT_COMPLETED,
        answered: (applied) => {
          if (applied) world.see('completion of an absent record')
          put(world, slot, applied)
        },
      })
    } else if (slot.pc === ERRED) {
      send(world, step, host, slot, { kind: RELEASE, answered: () => end(slot, REPORTED) })
    }
    if (slot.unanswered === 1 && (slot.pc === MADE || slot.pc === PUTTING || slot.pc === ERRED)) {
      step(at(HOST_NAMES, host), 'gives up settling: no answer', false, () => unknown(world, slot))
    }
    const runs = slot.pc === RUNNING || slot.pc === MADE || slot.pc === HUNG
    if (world.configuration.extends && runs) extend(world, step, slot, host)
  })
}

/** Whoever succeeds after the response still completes, under owner and fence. */
function complete(world: World, step: Step, slot: SlotView, host: number): void {
  const late = slot.detached === 1 && world.configuration.managed
  if (late && !world.guards['late-success']) {
    step(at(HOST_NAMES, host), 'drops a success that came late', false, () => end(slot, REPORTED))
    return
  }
  send(world, step, host, slot, {
    kind: COMPLETE,
    answered: (applied) => {
      if (applied && late) world.see('late success completed')
      completed(world, slot, applied)
    },
  })
  oldToken(world, step, slot, host)
}

/** The answer to a completion: success, or what the record shows. */
function completed(world: World, slot: SlotView, applied: boolean): void {
  const record = recordOf(world, slot.key)
  if (applied) {
    confirm(world, slot)
  } else if (record.status === COMPLETED) {
    foundCompleted(world, slot)
  } else if (record.status === ABSENT && mayPut(world)) {
    if (world.guards['absent-fails']) slot.pc = PUTTING
    else confirm(world, slot)
  } else {
    lose(world, slot)
  }
}

/** In a transaction the effect was not committed, so no put may claim that it was. */
function mayPut(world: World): boolean {
  return !world.configuration.transactional || !world.guards['transaction-absent']
}

/** Completed already: by itself with the answer lost, or by another owner after it. */
function foundCompleted(world: World, slot: SlotView): void {
  const record = recordOf(world, slot.key)
  if (record.owner === slot.owner && world.guards['complete-own-write']) {
    world.see('own completion recognised')
    confirm(world, slot)
    return
  }
  checkForeign(world, record, slot)
  world.see('completed by another owner')
  // Its own writes were not committed; another payload's effect does not serve this message.
  const { transactional } = world.configuration
  if (transactional && world.guards['committed-payload'] && record.payload !== slot.payload) {
    world.see('completed with another payload')
    lose(world, slot)
    return
  }
  excuse(world, slot)
  confirm(world, slot)
}

/** The answer to the put of a missing record: whoever completed it, the message is served; anything else is not. */
function put(world: World, slot: SlotView, applied: boolean): void {
  if (applied || recordOf(world, slot.key).status === COMPLETED) confirm(world, slot)
  else lose(world, slot)
}

function lose(world: World, slot: SlotView): void {
  world.see('lease lost at completion')
  excuse(world, slot)
  end(slot, REPORTED)
}

function confirm(world: World, slot: SlotView): void {
  witnessCompletion(recordOf(world, slot.key), slot)
  end(slot, OK)
}

/** Whether the write landed stays unknown: never success. */
function unknown(world: World, slot: SlotView): void {
  const succeeds = !world.guards['unknown-fails'] && slot.pc !== ERRED
  if (slot.pc !== ERRED) {
    world.see('completion unknown')
    excuse(world, slot)
  }
  end(slot, succeeds ? OK : REPORTED)
}

/** A longer lease, beside the run. */
function extend(world: World, step: Step, slot: SlotView, host: number): void {
  const { managed } = world.configuration
  const ended = slot.detached === 1 && !world.guards['extension-end']
  if (managed && (slot.lease === LOST || ended)) return
  const left = managed ? managedLease(world, slot) : thawedLease(world, host)
  if (left <= slot.lease) return
  send(world, step, host, slot, {
    kind: EXTEND,
    lease: left,
    beside: true,
    answered: (applied) => {
      if (applied) {
        world.see(slot.detached === 1 ? 'lease extended after the response' : 'lease extended')
        slot.lease = left
      } else if (managed) {
        slot.lease = LOST
        excuse(world, slot)
      }
    },
  })
}

/** Managed: the last moment to extend the lease of a handler that runs, unless it is to be left. */
export function isExtensionDue({ guards }: World, slot: SlotView): boolean {
  if (slot.pc !== RUNNING && slot.pc !== MADE && slot.pc !== HUNG) return false
  if (slot.detached === 1 && !guards['extension-end']) return false
  return slot.lease === 1 && (slot.bound > 1 || !guards['extension-bound'])
}

/** What is left of a lease that is known to be somebody else's. */
const LOST = 0

/** Until the end of the invocation that runs now: for a thawed handler that is a later one. */
function thawedLease(world: World, host: number): number {
  return ticksOf(at(world.hosts, host).deadline) + world.configuration.grace + 1
}

/** As long as a new claim's, for as long as the handler runs, but not beyond its bound. */
function managedLease(world: World, slot: SlotView): number {
  const { deadline, grace } = world.configuration
  const whole = deadline + grace + 1
  return world.guards['extension-bound'] ? Math.min(whole, slot.bound) : whole
}

/**
 * The request token of a transaction. With the owner as the token the store can only remember this very claim's
 * commit, which the completion's condition recognises as well. A token made from the key is remembered from an
 * earlier window: the store answers "done" and commits nothing.
 */
function oldToken(world: World, step: Step, slot: SlotView, host: number): void {
  if (!world.configuration.transactional || world.guards['transaction-token']) return
  const earlier = recordOf(world, slot.key).highFence > 1
  if (!earlier) return
  step(at(HOST_NAMES, host), 'complete: the store remembers the token and answers "done"', false, () => {
    confirm(world, slot)
  })
}
