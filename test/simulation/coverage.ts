/**
 * Rare events that a run must have seen, each with its bar: how many per 10,000 seeds at least. A run below a bar
 * proves less than it says, so it fails.
 */
export const BARS = {
  takeover: 1,
  ownWriteRecognised: 1,
  lateClaim: 1,
  lostLeaseAtCompletion: 1,
  completionOfAbsentRecord: 1,
  duplicateInBatch: 1,
  fifoStop: 1,
  mismatch: 1,
  poisoned: 1,
  throttledClaim: 1,
  deadlineCut: 1,
  duplicateEffect: 1,
  retryAfterFailure: 1,
  expiredWindow: 1,
  resentAfterPoison: 1,
  unknownRecord: 1,
  busy: 1,
  duplicateSkipped: 1,
  batchDenied: 1,
  partlyApplied: 1,
  lateArrival: 1,
  zombieWriteRefused: 1,
  hostKilled: 1,
  hardKillAtDeadline: 1,
  thawedWork: 1,
  ttlDeletion: 1,
  recordDeleted: 1,
  unprocessedKeys: 1,
  statementError: 1,
  transactionConflict: 1,
  failOpenRun: 1,
  skewedHostHeldBack: 1,
  wholeBatchThrown: 1,
  deadLettered: 1,
} as const satisfies Readonly<Record<string, number>>

export type RareEvent = keyof typeof BARS

export const RARE_EVENTS = Object.keys(BARS) as RareEvent[] // The keys of a literal are exactly its key type.

const INDEX = new Map<RareEvent, number>(RARE_EVENTS.map((event, index) => [event, index]))

/** Counts of rare events. */
export class Coverage {
  readonly counts = new Float64Array(RARE_EVENTS.length)

  hit(event: RareEvent): void {
    const index = INDEX.get(event)
    if (index !== undefined) this.counts[index] = (this.counts[index] ?? 0) + 1
  }

  add(other: ArrayLike<number>): void {
    for (let index = 0; index < this.counts.length; index++) {
      this.counts[index] = (this.counts[index] ?? 0) + (other[index] ?? 0)
    }
  }

  of(event: RareEvent): number {
    return this.counts[INDEX.get(event) ?? -1] ?? 0
  }

  /** Events seen less often than their bar asks for in this many seeds; nothing below 2,000 seeds. */
  missing(seeds: number): readonly { event: RareEvent; seen: number; bar: number }[] {
    if (seeds < 2000) return []
    return RARE_EVENTS.map((event) => ({
      event,
      seen: this.of(event),
      bar: Math.max(1, Math.floor((BARS[event] * seeds) / 10_000)),
    })).filter(({ seen, bar }) => seen < bar)
  }
}
