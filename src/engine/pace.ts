import { CLAIMS_PER_CALL, type Claims } from './claims.ts'

/** How fast the handlers of a batch are, and so how many messages it is worth to claim ahead. */
export interface Pace {
  /** One handler took so long, ms. */
  took(ms: number): void
  /**
   * How many to ask for now: some when few wait, none that could not run any more.
   * @param waiting granted and not started
   * @param leftMs until no handler may start
   */
  ahead(claims: Claims, waiting: number, leftMs: number): number
}

/** Slices asked for beside each other once it is known that there is enough to do for them. */
const CALLS = 2

export function openPace(concurrency: number): Pace {
  let count = 0
  let totalMs = 0
  return {
    took(ms) {
      count++
      totalMs += ms
    },
    ahead(claims, waiting, leftMs) {
      const { asked, calls, lastMs } = claims
      if (waiting >= 2 * concurrency) return 0
      // Until a handler has ended it is not known how long anything takes: one slice.
      const most = count === 0 ? 1 : CALLS
      if (calls >= most && waiting + asked >= 2 * concurrency) return 0
      // What is asked for now waits for its answer, then for its place.
      const rest = leftMs - (lastMs ?? 0)
      if (rest <= 0) return 0
      const each = count === 0 ? 0 : totalMs / count
      const places = each === 0 ? Infinity : Math.floor((rest * concurrency) / each)
      return Math.max(0, Math.min(CLAIMS_PER_CALL, places - waiting - asked))
    },
  }
}
