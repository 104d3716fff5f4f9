/** The `Date` header is cut to whole seconds. */
const CUT_MS = 1_000

/** Bounds of "server's clock minus this host's clock", in ms. */
export interface OffsetBounds {
  readonly low: number
  readonly high: number
}

/** How close to the server's clock a corrected one is kept: the header's own cut allows no better. */
export function correctedError(clockErrorMs: number): number {
  return Math.max(clockErrorMs, CUT_MS)
}

/**
 * Narrows what is known about the offset by one answer. The `Date` header (RFC 9110, section 6.6.1) is cut to whole
 * seconds and was stamped between sending and receiving, so the true offset lies in
 * `[date - received, date + 1000 - sent]`. Contradicting bounds mean that a clock was set: the newest answer counts.
 * An answer slower than `errorMs` (of a host that was frozen while it waited, say) tells nothing, nor does one during
 * which this host's clock was set: what was known stays.
 */
export function narrowOffset(
  known: OffsetBounds | undefined,
  answer: {
    readonly serverDate: number
    readonly sentAt: number
    readonly receivedAt: number
    /** How long it took by a clock that nobody sets, ms. */
    readonly took: number
  },
  errorMs: number,
): OffsetBounds | undefined {
  const { serverDate, sentAt, receivedAt, took } = answer
  if (took > errorMs || receivedAt - sentAt > errorMs || receivedAt < sentAt) return known
  const low = serverDate - receivedAt
  const high = serverDate + CUT_MS - sentAt
  if (known === undefined) return { low, high }
  const narrowed = { low: Math.max(low, known.low), high: Math.min(high, known.high) }
  return narrowed.low <= narrowed.high ? narrowed : { low, high }
}

/** Whether the clocks have been compared: a correction within `errorMs` of every offset that the bounds allow exists. */
export function isCompared(bounds: OffsetBounds | undefined, errorMs: number): boolean {
  return bounds !== undefined && bounds.high - bounds.low <= 2 * errorMs
}

/**
 * What to add to this host's clock: the value nearest to zero that is certainly within `errorMs` of the true offset;
 * where the bounds are too wide for one, the offset nearest to zero that they allow. So a clock that is right is left
 * alone.
 */
export function correctionOf(bounds: OffsetBounds | undefined, errorMs: number): number {
  if (bounds === undefined) return 0
  const { low, high } = bounds
  return isCompared(bounds, errorMs) ? nearestToZero(high - errorMs, low + errorMs) : nearestToZero(low, high)
}

function nearestToZero(low: number, high: number): number {
  return low > 0 ? low : Math.min(high, 0)
}
