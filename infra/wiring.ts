/**
 * `oncekit/wiring`: what must hold between the numbers of a queue, its function and its records, for any tool that knows
 * them: `checkWiring({ ...LEASE_DEFAULTS, timeoutMs: 30_000, visibilityMs: 180_000 })`. Needs nothing but this package;
 * `oncekit/cdk` checks its constructs by the same.
 */
export { checkWiring, type Finding } from './invariants/check.ts'
export { INVARIANTS } from './invariants/index.ts'
export type { Breach, Invariant } from './invariants/invariant.ts'
export { LEASE_DEFAULTS } from './invariants/lease-defaults.ts'
export type { DeadLetterWiring, PollerWiring, Wiring } from './invariants/wiring.ts'
