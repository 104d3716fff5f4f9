import { assertWiring } from './given-wiring.ts'
import { INVARIANTS } from './index.ts'
import type { Breach, Invariant } from './invariant.ts'
import type { Wiring } from './wiring.ts'

/** An invariant that does not hold, and why. */
export interface Finding extends Breach, Pick<Invariant, 'id' | 'severity' | 'reason' | 'page'> {}

/**
 * Everything that does not hold in this wiring, in the order of `INVARIANTS`. Pure.
 * @throws {ConfigError} for a name that nothing reads, or a value of another kind
 */
export function checkWiring(wiring: Wiring): readonly Finding[] {
  assertWiring(wiring)
  const findings: Finding[] = []
  for (const { id, severity, reason, page, check } of INVARIANTS) {
    const breach = check(wiring)
    if (breach) findings.push({ id, severity, reason, page, ...breach })
  }
  return findings
}
