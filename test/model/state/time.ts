import type { Configuration } from '../configuration.ts'

/**
 * Time in a state is relative to now and counted in ticks, so that the state space stays finite without a bound on
 * time: a byte holds `ticks from now + 16`. What is so long past that every host agrees on it stays at the floor.
 */
const ORIGIN = 16

/** No such time. */
export const NONE = 0

/** A lease without an end: the attribute is missing. */
export const ENDLESS = 255

export function timeByte(ticksFromNow: number): number {
  return ORIGIN + ticksFromNow
}

export function ticksOf(byte: number): number {
  return byte - ORIGIN
}

/** The lowest byte a time sinks to: past for every host, whatever its clock. */
export function floorOf(configuration: Configuration): number {
  const worst = Math.max(configuration.clockError, ...configuration.skews.map(Math.abs))
  return timeByte(-(2 * configuration.clockError + worst + 1))
}

/** The same time, one tick later. */
export function sink(byte: number, floor: number): number {
  if (byte === NONE || byte === ENDLESS) return byte
  return byte > floor ? byte - 1 : floor
}
