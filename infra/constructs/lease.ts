import type { Duration } from 'aws-cdk-lib'
import { LEASE_DEFAULTS } from '../invariants/lease-defaults.ts'
import type { Wiring } from '../invariants/wiring.ts'
import { knownMs } from './known.ts'

/**
 * The handler's own timing, where its options differ from the defaults. It is not passed to the function; it is what
 * the invariants reckon with.
 */
export interface LeaseProps {
  /**
   * The handler's `leaseGraceMs`.
   * @default Duration.seconds(1)
   */
  readonly grace?: Duration | undefined
  /**
   * The handler's `clockErrorMs`; the margin of a takeover is twice this.
   * @default Duration.seconds(1)
   */
  readonly clockError?: Duration | undefined
  /**
   * The handler's `deadlineReserveMs`.
   * @default Duration.millis(1500)
   */
  readonly deadlineReserve?: Duration | undefined
}

/** The timing as the invariants want it. */
export function leaseFacts(lease: LeaseProps = {}): Wiring {
  const { grace, clockError, deadlineReserve } = lease
  return {
    leaseGraceMs: grace ? knownMs(grace) : LEASE_DEFAULTS.leaseGraceMs,
    clockErrorMs: clockError ? knownMs(clockError) : LEASE_DEFAULTS.clockErrorMs,
    deadlineReserveMs: deadlineReserve ? knownMs(deadlineReserve) : LEASE_DEFAULTS.deadlineReserveMs,
  }
}
