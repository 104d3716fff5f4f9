/** A group of settlements: one request of the store. */
const GROUP = 25

/** Effects done and not yet confirmed, at most, once confirmations have come. */
const MOST = 2 * GROUP

/**
 * How many effects may be done and not yet confirmed, beside those of the handlers that run: what a crash would repeat.
 * One group at first; more when a store confirms, nothing while it does not.
 */
export interface SettlementWindow {
  isOpen(settling: number): boolean
  /** One settlement has ended, confirmed or not. */
  ended(confirmed: boolean): void
}

export function openSettlementWindow(): SettlementWindow {
  let most = GROUP
  return {
    isOpen: (settling) => settling < most,
    ended(confirmed) {
      most = confirmed ? Math.min(MOST, most + 1) : GROUP
    },
  }
}
