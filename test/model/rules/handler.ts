import { checkOrder, checkStart, excuse, excuseClaim } from '../invariants.ts'
import { makeEffect } from '../protocol/writes.ts'
import type { SlotView } from '../state/things.ts'
import { ticksOf } from '../state/time.ts'
import { ERRED, EXTEND, GIVE_BACK, GIVING, HELD, HUNG, MADE, OK, REPORTED, RUNNING } from '../state/values.ts'
import { at, recordOf, type World } from '../state/world.ts'
import { awakeSlots, slotsOf } from './awake.ts'
import { end } from './claim.ts'
import { isFirst, isStopped } from './group.ts'
import { send } from './network.ts'
import { HOST_NAMES, type Rule, type Step } from './step.ts'

/** Before the handler: it starts, its claim is put right first, or the claim is given back. */
export const starts: Rule = (world, step) => {
  awakeSlots(world, (slot, host) => {
    if (slot.pc === GIVING) giveBack(world, step, slot, host)
    if (slot.pc !== HELD) return
    const inTime = isInTime(world, slot, host)
    const misdated = slot.misdated === 1 && world.guards['skew-extension']
    if (inTime && isFirst(world, slot, host)) {
      if (misdated) extendFirst(world, step, slot, host)
      else start(world, step, slot, host)
    }
    const atReserve = ticksOf(at(world.hosts, host).deadline) <= world.configuration.reserve
    if (!inTime || atReserve || misdated || isStopped(world, slot, host)) giveBack(world, step, slot, host)
  })
}

function start(world: World, step: Step, slot: SlotView, host: number): void {
  step(at(HOST_NAMES, host), 'starts the handler', false, () => {
    checkStart(world, slot)
    checkOrder(world, slot.message, confirmedOn(world, host))
    slot.misdated = 0
    slot.pc = RUNNING
  })
}

/** What was claimed by a wrong clock is extended by the right one; if it is gone, nothing runs. */
function extendFirst(world: World, step: Step, slot: SlotView, host: number): void {
  send(world, step, host, slot, {
    kind: EXTEND,
    answered: (applied) => {
      world.see(applied ? 'extended before the start' : 'claim lost before the start')
      if (applied) slot.misdated = 0
      else end(slot, REPORTED)
    },
  })
}

/** The handler will not be started; once this is sent it must not, whatever the answer. */
function giveBack(world: World, step: Step, slot: SlotView, host: number): void {
  const who = at(HOST_NAMES, host)
  const cause = () => world.see(isStopped(world, slot, host) ? 'FIFO stop' : 'deadline cut')
  if (!world.guards['give-back']) {
    step(who, 'does not start; the claim stays leased', false, () => {
      cause()
      end(slot, REPORTED)
    })
    return
  }
  send(world, step, host, slot, {
    kind: GIVE_BACK,
    sent: () => {
      if (slot.pc === HELD) cause()
      slot.pc = GIVING
    },
    answered: () => end(slot, REPORTED),
  })
  if (slot.pc !== GIVING || slot.unanswered === 0) return
  step(who, 'gives up giving back: no answer', false, () => {
    excuseClaim(world, slot.key, slot.owner)
    end(slot, REPORTED)
  })
}

/** The user's handler: makes its effect in one instant, settles with an error before it, or never settles. */
export const handlers: Rule = (world, step) => {
  awakeSlots(world, (slot, host) => {
    if (slot.pc !== RUNNING) return
    const who = at(HOST_NAMES, host)
    const { transactional } = world.configuration
    step(
      who,
      transactional ? 'the handler hands over its writes' : 'the handler makes its effect',
      false,
      () => {
        slot.pc = MADE
        if (!transactional) effect(world, slot)
      },
    )
    if (world.budget.error > 0) {
      step(who, 'the handler settles with an error', true, () => {
        world.budget.error--
        slot.pc = ERRED
      })
    }
    if (world.budget.hang > 0) {
      step(who, 'the handler hangs', true, () => {
        world.budget.hang--
        slot.pc = HUNG
      })
    }
  })
}

function effect(world: World, slot: SlotView): void {
  const record = recordOf(world, slot.key)
  if (record.effects > 0) world.see('repeated effect')
  makeEffect(record, slot.payload)
  slot.made = 1
  // An effect made after the own lease, or in a sandbox that was frozen since its response, is nobody's to prevent.
  const frozen = slot.detached === 1 && !world.configuration.managed
  if (slot.lease === 0 || frozen) excuse(world, slot)
}

/** Only in its own invocation, above the reserve, inside its own lease on the monotonic clock. */
function isInTime(world: World, slot: SlotView, host: number): boolean {
  if (!world.guards['own-lease']) return true
  if (slot.detached === 1 || slot.lease === 0) return false
  return ticksOf(at(world.hosts, host).deadline) >= world.configuration.reserve
}

/** Messages of this host's event that are confirmed completed. */
function confirmedOn(world: World, host: number): readonly number[] {
  const { first, second } = at(world.hosts, host)
  const confirmed: number[] = []
  for (const slot of slotsOf(world, host)) {
    if (slot.pc !== OK || slot.detached === 1) continue
    if ((slot.entries & 1) !== 0) confirmed.push(first - 1)
    if ((slot.entries & 2) !== 0) confirmed.push(second - 1)
  }
  return confirmed
}
