/** Slack after the logical expiry before DynamoDB may delete: its time to live never decides anything. */
const TTL_SLACK_MS = 3_600_000

/** The `ttl` attribute of a record that expires at `expiresAt` (epoch ms): whole epoch seconds, one hour later. */
export function ttlSeconds(expiresAt: number): number {
  return Math.ceil((expiresAt + TTL_SLACK_MS) / 1000)
}

/** End of the lease of a claim made now: the end of this invocation plus the grace for a late kill. Epoch ms. */
export function leaseEnd(now: number, remainingMs: number, graceMs: number): number {
  return Math.ceil(now + Math.max(0, remainingMs) + graceMs)
}

/** The margin that protects effects from another host's clock: each of the two may be off by the clock error. */
export function marginOf(clockErrorMs: number): number {
  return 2 * clockErrorMs
}
