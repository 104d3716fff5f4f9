import type { Wiring } from './wiring.ts'

/**
 * The handler's own timing where its options say nothing, as a wiring has it: `{ ...LEASE_DEFAULTS, timeoutMs, … }`.
 * Without it the invariants that need a lease are skipped. A test compares it with what the handler resolves.
 */
export const LEASE_DEFAULTS: Readonly<
  Required<{ [Name in 'leaseGraceMs' | 'clockErrorMs' | 'deadlineReserveMs']: NonNullable<Wiring[Name]> }>
> = { leaseGraceMs: 1000, clockErrorMs: 1000, deadlineReserveMs: 1500 }
