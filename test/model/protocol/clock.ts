import { at, type World } from '../state/world.ts'

/**
 * A host's clock minus true time, in ticks, as it is used for leases, windows and takeovers. Before the first answer it
 * is the host's own; after it, corrected: exact to the clock error, and wrong in the direction in which it was.
 */
export function shiftOf(world: World, host: number): number {
  const own = ownShiftOf(world, host)
  if (!isMisdated(world, host)) {
    const { clockError } = world.configuration
    return Math.max(-clockError, Math.min(clockError, own))
  }
  return own
}

/** The same without any correction. */
export function ownShiftOf(world: World, host: number): number {
  return at(world.configuration.skews, host)
}

/** What it writes now would be off by more than the clock error, and it cannot know. */
export function isMisdated(world: World, host: number): boolean {
  return isOff(world, host) && at(world.hosts, host).compared === 0
}

/** An answer has told the server's time to this host's process. */
export function compareClock(world: World, host: number): void {
  if (!isMisdated(world, host)) return
  for (const sibling of siblingsOf(world, host)) {
    if (isOff(world, sibling)) at(world.hosts, sibling).compared = 1
  }
}

function isOff(world: World, host: number): boolean {
  return Math.abs(ownShiftOf(world, host)) > world.configuration.clockError
}

/** The hosts of one process, this one included. */
export function siblingsOf(world: World, host: number): readonly number[] {
  const { processes } = world.configuration
  if (processes === undefined) return [host]
  return processes.flatMap((process, other) => (process === processes[host] ? [other] : []))
}
