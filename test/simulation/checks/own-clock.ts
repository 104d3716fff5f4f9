import type { Host } from '../host.ts'

/**
 * A host that is off must not take over: it compares the clocks first. The Date header is cut to whole seconds, and an
 * answer that took longer than another second does not count.
 */
export function mustNotTakeOver({ skew }: Host, clockErrorMs: number): boolean {
  return Math.abs(skew) > clockErrorMs + 2_000
}
