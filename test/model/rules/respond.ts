import { checkDeleted, checkOrder, checkResponse, excuse, excuseClaim } from '../invariants.ts'
import { apply } from '../protocol/writes.ts'
import type { SlotView } from '../state/things.ts'
import { ticksOf } from '../state/time.ts'
import {
  DECIDED,
  DELETED,
  EMPTY,
  GIVING,
  HELD,
  IN_FLIGHT,
  MADE,
  OK,
  RELEASE,
  REPORTED,
  RUNNING,
  START,
  VISIBLE,
} from '../state/values.ts'
import { at, type World } from '../state/world.ts'
import { slotsOf } from './awake.ts'
import { isBehind } from './group.ts'
import { requestOf } from './network.ts'
import { HOST_NAMES, type Rule } from './step.ts'

/** The partial batch response, and what the queue does with it. */
export const responses: Rule = (world, step) => {
  for (let host = 0; host < world.hosts.length; host++) {
    if (at(world.hosts, host).active === 0) continue
    const own = slotsOf(world, host).filter((slot) => slot.pc !== EMPTY && slot.detached === 0)
    const who = at(HOST_NAMES, host)
    if (own.every((slot) => slot.pc === OK || slot.pc === REPORTED)) {
      step(who, 'responds: everything has settled', false, () => respond(world, host, own))
    } else if (own.some((slot) => slot.pc === HELD) && world.guards['give-back']) {
      // What never started is given back first.
    } else if (ticksOf(at(world.hosts, host).deadline) <= world.configuration.reserve) {
      step(who, 'responds at the reserve: what has not settled is reported and stays leased', false, () => {
        world.see('response at the reserve')
        for (const slot of own) if (!world.guards['settled-first']) releaseRunning(world, slot, host)
        respond(world, host, own)
      })
    }
  }
}

/** What a timeout that counts as a settlement would do. */
function releaseRunning(world: World, slot: SlotView, host: number): void {
  if (slot.pc === RUNNING || slot.pc === MADE) apply(world, requestOf(world, slot, host, RELEASE), false)
}

function respond(world: World, hostIndex: number, own: readonly SlotView[]): void {
  const host = at(world.hosts, hostIndex)
  const event = [host.first - 1, host.second - 1].filter((message) => message >= 0)
  const standsFor = event.map((_, entry) => own.find((slot) => (slot.entries & (1 << entry)) !== 0))
  const failures = failuresOf(world, event, standsFor, isBehind(world, hostIndex))
  checkResponse(
    world,
    event,
    standsFor.map((slot) => slot?.pc === OK),
    failures,
  )
  const acknowledged = event.filter((message) => !failures.includes(message))
  for (const [entry, message] of event.entries()) {
    const slot = standsFor[entry]
    const view = at(world.messages, message)
    if (acknowledged.includes(message)) {
      if (slot !== undefined) checkDeleted(world, message, slot)
      checkOrder(world, message, acknowledged)
      view.state = DELETED
      view.visibility = 0
      view.receives = 0
    } else if (view.state === IN_FLIGHT && world.configuration.returnsAtOnce) {
      view.state = VISIBLE
      view.visibility = 0
    }
  }
  for (const slot of own) leave(world, slot)
  host.active = 0
  host.deadline = 0
  host.first = 0
  host.second = 0
}

/** `batchItemFailures`: everything that is not confirmed completed, and what stands behind it, each identifier once. */
function failuresOf(
  world: World,
  event: readonly number[],
  standsFor: readonly (SlotView | undefined)[],
  behind: boolean,
): readonly number[] {
  const { guards } = world
  const failures: number[] = []
  for (const [entry, message] of event.entries()) {
    const slot = standsFor[entry]
    const stopped = behind && entry === 1 && failures.length > 0 && guards['fifo-report']
    if (slot?.pc === OK && !stopped) continue
    if (!guards['report-unsettled'] && slot !== undefined && slot.pc !== REPORTED) continue
    // The leader of a shared slot is the event's first entry.
    if (!guards['shared-outcome'] && slot?.entries === 3 && entry === 1) continue
    if (guards['unique-identifiers'] && failures.includes(message)) continue
    failures.push(message)
  }
  return failures
}

/** Settled executions are gone; a handler that is still running stays behind and goes on when thawed. */
function leave(world: World, slot: SlotView): void {
  const { thaws, managed } = world.configuration
  const claims = slot.pc === START || slot.pc === DECIDED
  const ended = slot.pc === OK || slot.pc === REPORTED || slot.pc === HELD || slot.pc === GIVING
  if ((thaws && !ended) || (managed && !ended && !claims)) {
    slot.detached = 1
    slot.entries = 0
    return
  }
  if (slot.unanswered === 1 && (claims || slot.pc === GIVING)) excuseClaim(world, slot.key, slot.owner)
  excuse(world, slot)
  slot.erase()
}

/** What an execution left behind comes to is nobody's outcome any more. */
export const remains: Rule = (world, step) => {
  for (const slot of world.slots) {
    if (slot.detached === 0 || (slot.pc !== OK && slot.pc !== REPORTED)) continue
    step('sandbox', 'an execution left behind has ended', false, () => {
      world.see('zombie settled')
      slot.erase()
    })
  }
}
