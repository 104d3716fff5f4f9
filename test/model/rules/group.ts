import type { SlotView } from '../state/things.ts'
import { EMPTY, OK, REPORTED } from '../state/values.ts'
import { at, type World } from '../state/world.ts'
import { slotsOf } from './awake.ts'

/** FIFO: whether the second record of an event stands behind the first in its group. */
export function isBehind(world: World, host: number): boolean {
  const { first, second } = at(world.hosts, host)
  if (!world.configuration.fifo || first === 0 || second === 0) return false
  const { messages } = world.configuration
  return at(messages, first - 1).group === at(messages, second - 1).group
}

/** FIFO: a record ahead of it in its group is reported, so it must not run in this event. */
export function isStopped(world: World, slot: SlotView, host: number): boolean {
  return world.guards['fifo-stop'] && ahead(world, slot, host)?.pc === REPORTED
}

/** FIFO: everything ahead of it in its group is acknowledged. */
export function isFirst(world: World, slot: SlotView, host: number): boolean {
  const before = ahead(world, slot, host)
  if (before === undefined || before.pc === OK) return true
  return before.pc === REPORTED && !world.guards['fifo-stop']
}

function ahead(world: World, slot: SlotView, host: number): SlotView | undefined {
  if (slot.entries !== 2 || !isBehind(world, host)) return undefined
  return slotsOf(world, host).find(
    (other) => other.pc !== EMPTY && other.detached === 0 && (other.entries & 1) !== 0,
  )
}
