import { FIELDS } from './things.ts'
import type { World } from './world.ts'

/**
 * Hosts with the same clock in the same process do the same, and so do the slots of a host: which of them is called
 * first changes nothing. Ordering them leaves one state of all those that differ only in that. Tokens play no part in
 * the order, because they are only named afterwards; states that differ in tokens alone may stay apart.
 */
export function orderTwins(world: World): void {
  const { slotsPerHost } = world.configuration
  if (slotsPerHost > 1) {
    for (let host = 0; host < world.hosts.length; host++) {
      for (let slot = slotsPerHost - 1; slot > 0; slot--) {
        const index = host * slotsPerHost + slot
        if (slotOrder(world, index - 1, index) < 0)
          swap(world, slotAt(world, index - 1), slotAt(world, index), SLOT)
      }
    }
  }
  for (const [one, other] of world.twins) {
    if (hostOrder(world, one, other) < 0) swapHosts(world, one, other)
  }
}

/** Neighbouring pairs of hosts that are alike, in the order in which swapping them sorts all of them. */
export function twinsOf(configuration: World['configuration']): readonly (readonly [number, number])[] {
  const { skews, processes } = configuration
  const pairs: [number, number][] = []
  for (let end = skews.length - 1; end > 0; end--) {
    for (let host = 0; host < end; host++) {
      const alike = skews[host] === skews[host + 1] && processes?.[host] === processes?.[host + 1]
      if (alike) pairs.push([host, host + 1])
    }
  }
  return pairs
}

const HOST = FIELDS.host.length
const SLOT = FIELDS.slot.length
const TOKENS: readonly boolean[] = FIELDS.slot.map((field) => field === 'owner' || field === 'seenOwner')

function slotAt(world: World, index: number): number {
  return world.slotBase + index * SLOT
}

function hostOrder(world: World, one: number, other: number): number {
  const { bytes, hostBase } = world
  const { slotsPerHost } = world.configuration
  for (let field = 0; field < HOST; field++) {
    const difference =
      (bytes[hostBase + one * HOST + field] ?? 0) - (bytes[hostBase + other * HOST + field] ?? 0)
    if (difference !== 0) return difference
  }
  for (let slot = 0; slot < slotsPerHost; slot++) {
    const difference = slotOrder(world, one * slotsPerHost + slot, other * slotsPerHost + slot)
    if (difference !== 0) return difference
  }
  return 0
}

function slotOrder(world: World, one: number, other: number): number {
  const { bytes } = world
  const [first, second] = [slotAt(world, one), slotAt(world, other)]
  for (let field = 0; field < SLOT; field++) {
    const difference = (bytes[first + field] ?? 0) - (bytes[second + field] ?? 0)
    if (difference !== 0 && TOKENS[field] !== true) return difference
  }
  return 0
}

function swapHosts(world: World, one: number, other: number): void {
  const { slotsPerHost } = world.configuration
  swap(world, world.hostBase + one * HOST, world.hostBase + other * HOST, HOST)
  for (let slot = 0; slot < slotsPerHost; slot++) {
    swap(world, slotAt(world, one * slotsPerHost + slot), slotAt(world, other * slotsPerHost + slot), SLOT)
  }
}

function swap(world: World, one: number, other: number, length: number): void {
  const { bytes } = world
  for (let index = 0; index < length; index++) {
    const kept = bytes[one + index] ?? 0
    bytes[one + index] = bytes[other + index] ?? 0
    bytes[other + index] = kept
  }
}
