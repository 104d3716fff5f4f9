import { hash } from 'node:crypto'

/**
 * A number in [0, 1) that depends on nothing but the seed and the identity: the same decision for the same thing in
 * every run, whatever the timing.
 */
export function fraction(seed: number, ...identity: readonly (string | number)[]): number {
  const digest = hash('sha256', JSON.stringify([seed, ...identity]), 'hex')
  return Number.parseInt(digest.slice(0, 12), 16) / 0x1_0000_0000_0000
}

/** A whole number from `low` to `high`, both included. */
export function between(low: number, high: number, at: number): number {
  return low + Math.floor(at * (high - low + 1))
}
