/**
 * Rare events that a run must have seen, each with its bar: how many per 10,000 seeds at least, about a third of what
 * was counted over several hundred thousand seeds. A run below a bar proves less than it says, so it fails.
 */
export const BARS = {
  takeover: 1500,
  ownWriteRecognised: 600,
  lateClaim: 15,
  lostLeaseAtCompletion: 50,
  completionOfAbsentRecord: 40,
  duplicateInBatch: 500,
  fifoStop: 250,
  mismatch: 700,
  poisoned: 100,
  throttledClaim: 550,
  deadlineCut: 450,
  duplicateEffect: 800,
  retryAfterFailure: 400,
  expiredWindow: 150,
  resentAfterPoison: 20,
  unknownRecord: 850,
  busy: 1000,
  duplicateSkipped: 750,
  duplicateUnderCache: 90,
  batchDenied: 200,
  partlyApplied: 95,
  lateArrival: 700,
  zombieWriteRefused: 70,
  hostKilled: 500,
  hardKillAtDeadline: 100,
  thawedWork: 750,
  ttlDeletion: 50,
  recordDeleted: 400,
  unprocessedKeys: 75,
  statementError: 30,
  transactionConflict: 850,
  failOpenRun: 15,
  clockCorrected: 550,
  claimByCorrectedHost: 1000,
  extendedBeforeStart: 600,
  leaseExtended: 1500,
  poisonedAtTakeover: 60,
  correctedPayload: 25,
  givenBack: 1000,
  leaseDropped: 90,
  endlessClaimTaken: 8,
  outlivedDeadline: 25,
  lateSuccess: 12,
  leftRunning: 60,
  settledInReserve: 100,
  completionRetried: 1500,
  companyAnswered: 400,
  slowSchema: 2000,
  schemaHangs: 100,
  largeEvent: 60,
  managedInvocation: 2000,
  wholeBatchThrown: 100,
  deadLettered: 750,
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
