import type { SlotView } from '../state/things.ts'
import { EMPTY } from '../state/values.ts'
import { at, type World } from '../state/world.ts'

/**
 * Visits every execution that can move: those on a host with an invocation. Without one the sandbox is frozen, and
 * what an earlier invocation left behind waits for the next to thaw it; a managed process is never frozen.
 */
export function awakeSlots(world: World, visit: (slot: SlotView, host: number) => void): void {
  const { slotsPerHost, managed } = world.configuration
  for (let index = 0; index < world.slots.length; index++) {
    const slot = at(world.slots, index)
    if (slot.pc === EMPTY) continue
    const host = Math.floor(index / slotsPerHost)
    if (managed || at(world.hosts, host).active === 1) visit(slot, host)
  }
}

/** The slots of one host. */
export function slotsOf(world: World, host: number): readonly SlotView[] {
  const { slotsPerHost } = world.configuration
  return world.slots.slice(host * slotsPerHost, (host + 1) * slotsPerHost)
}
