import type { Host } from '../host.ts'

/** A host that is off must not take over: it knows from its answers, or it has had none and must look first. */
export function knowsBetter({ skew, fastestAnswer }: Host, clockErrorMs: number): boolean {
  // The Date header is cut to whole seconds.
  const uncertainty = fastestAnswer === Number.POSITIVE_INFINITY ? 0 : fastestAnswer + 1000
  return Math.abs(skew) > clockErrorMs + uncertainty
}
