/** The `Date` header is cut to whole seconds. */
const CUT_MS = 1_000

/** Bounds of "server's clock minus this host's clock", in ms. */
export interface OffsetBounds {
  readonly low: number
  readonly high: number
}

/**
 * Narrows what is known about the offset by one answer. The `Date` header (RFC 9110, section 6.6.1) is cut to whole
 * seconds and was stamped between sending and receiving, so the true offset lies in
 * `[date - received, date + 1000 - sent]`. Contradicting bounds mean that a clock was set: the newest answer counts.
 */
export function narrowOffset(
  known: OffsetBounds | undefined,
  answer: { readonly serverDate: number; readonly sentAt: number; readonly receivedAt: number },
): OffsetBounds {
  const low = answer.serverDate - answer.receivedAt
  const high = answer.serverDate + CUT_MS - answer.sentAt
  if (known === undefined) return { low, high }
  const narrowed = { low: Math.max(low, known.low), high: Math.min(high, known.high) }
  return narrowed.low <= narrowed.high ? narrowed : { low, high }
}

/**
 * Whether the clocks have been compared: bounds no wider than twice the header's own cut. An answer slower than that cut
 * (a host that was frozen while it waited) leaves wider ones, and they say little; before any answer they say nothing.
 */
export function isCompared(bounds: OffsetBounds | undefined): boolean {
  return bounds !== undefined && bounds.high - bounds.low <= 2 * CUT_MS
}

/** The offset nearest to zero that the bounds allow: 0 unless the clocks certainly differ. */
export function certainOffset(bounds: OffsetBounds | undefined): number {
  if (bounds === undefined) return 0
  return bounds.low > 0 ? bounds.low : Math.min(bounds.high, 0)
}
