import { checkOrder, checkStart, excuse } from '../invariants.ts'
import { makeEffect } from '../protocol/writes.ts'
import type { SlotView } from '../state/things.ts'
import { ticksOf } from '../state/time.ts'
import { EMPTY, ERRED, HELD, MADE, OK, REPORTED, RUNNING, START, WAITING } from '../state/values.ts'
import { at, recordOf, type World } from '../state/world.ts'
import { awakeSlots, slotsOf } from './awake.ts'
import { end } from './claim.ts'
import { HOST_NAMES, type Rule } from './step.ts'

/** The user's handler: starts, makes its effect in one instant, or settles with an error before it. */
export const handlers: Rule = (world, step) => {
  awakeSlots(world, (slot, host) => {
    const who = at(HOST_NAMES, host)
    if (slot.pc === HELD) {
      if (mayStart(world, slot, host)) {
        step(who, 'starts the handler', false, () => {
          checkStart(world, slot)
          checkOrder(world, slot.message, confirmedOn(world, host))
          slot.pc = RUNNING
        })
      } else {
        step(who, 'does not start: below the reserve; the claim stays leased', false, () => {
          world.see('deadline cut')
          end(slot, REPORTED)
        })
      }
    }
    if (slot.pc !== RUNNING) return
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
  })
}

function effect(world: World, slot: SlotView): void {
  const record = recordOf(world, slot.key)
  if (record.effects > 0) world.see('repeated effect')
  makeEffect(record, slot.payload)
  slot.made = 1
  // An effect made after the own lease, or by a handler whose message has been reported, is nobody's to prevent.
  if (slot.lease === 0 || slot.detached === 1) excuse(world, slot)
}

/** Only in its own invocation, above the reserve, inside its own lease on the monotonic clock. */
function mayStart(world: World, slot: SlotView, host: number): boolean {
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

/** FIFO: the next record of a group starts when the one before is acknowledged, and never after a failure. */
export const groupOrder: Rule = (world, step) => {
  awakeSlots(world, (slot, host) => {
    if (slot.pc !== WAITING) return
    const before = slotsOf(world, host).find(
      (other) => other.pc !== EMPTY && other.detached === 0 && (other.entries & 1) !== 0,
    )
    const who = at(HOST_NAMES, host)
    if (before?.pc === OK) {
      step(who, 'goes on in the group', false, () => {
        slot.pc = START
      })
    } else if (before?.pc === REPORTED) {
      step(who, 'stops the group', false, () => {
        world.see('FIFO stop')
        if (world.guards['fifo-stop']) end(slot, REPORTED)
        else slot.pc = START
      })
    }
  })
}
