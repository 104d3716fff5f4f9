import type { Host } from '../host.ts'

/** A host that is off must not take over: it knows from its answers, or it has had none and must look first. */
export function knowsBetter({ skew, knewAtSend }: Host, clockErrorMs: number): boolean {
  // The Date header is cut to whole seconds.
  const uncertainty = knewAtSend === Number.POSITIVE_INFINITY ? 0 : knewAtSend + 1000
  return Math.abs(skew) > clockErrorMs + uncertainty
}
