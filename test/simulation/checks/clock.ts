import type { Scenario } from '../scenario.ts'

/**
 * How far the corrected clock of a host may be off, ms: the `Date` header is cut to whole seconds, so no correction is
 * finer than that, and a host within the clock error need not be corrected.
 */
export function clockErrorOf({ clockErrorMs }: Scenario): number {
  return Math.max(clockErrorMs, 1_000)
}

/** The window that the function asked for: its option counts whole seconds. */
export function windowOf({ ttlMs }: Scenario): number {
  return Math.ceil(ttlMs / 1000) * 1000
}
