import { ConfigError } from '../errors/config-error.ts'

/** How long SQS keeps a message unless the queue says otherwise: 4 days, in milliseconds. */
export const DEFAULT_RETENTION_MS = 345_600_000

/**
 * A deduplication window must outlive the lease of the attempt that opened it and the margin after it; otherwise
 * the record could be claimed again while its owner still runs.
 *
 * @throws {ConfigError} when `ttlMs` is shorter than `leaseMs + marginMs`.
 */
export function assertWindow(ttlMs: number, leaseMs: number, marginMs: number): void {
  const problem = windowProblem(ttlMs, leaseMs + marginMs)
  if (problem) throw new ConfigError(problem)
}

/** The sentence for a window shorter than it must be, if it is. */
export function windowProblem(ttlMs: number, leastMs: number): string | undefined {
  if (ttlMs >= leastMs) return undefined
  return `The window (ttl) is ${ttlMs / 1_000}s. Allowed: at least the lease and its margin, ${Math.ceil(leastMs) / 1_000}s.`
}

const DAY_MS = 86_400_000

/** The warning for a window that messages outlive, if it is one; `key` tells whether the user chose the key. */
export function windowWarning(ttlMs: number, key: unknown): string | undefined {
  const given = `The window (ttl) is ${ttlMs / 1_000}s`
  if (ttlMs < DAY_MS)
    return `${given}, less than a day: what SQS brings back later runs again. A number is seconds: write days as "14d".`
  if (key || ttlMs >= DEFAULT_RETENTION_MS) return undefined
  return `${given}, but SQS keeps messages for 4 days by default: what comes back later runs again. Let ttl outlive the queue's retention and visibility timeout.`
}
