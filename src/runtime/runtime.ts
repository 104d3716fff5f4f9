/**
 * Everything that is not a pure function of its input: clocks, timers and randomness. Protocol, store and
 * engine take them from here and from nowhere else (a lint rule sees to it), so that the simulation and the
 * tests run the code that ships.
 */
export interface Runtime {
  /** Wall clock, epoch milliseconds. Compared with other hosts' clocks only through lease and margin. */
  now(): number
  /** Monotonic clock, milliseconds from an arbitrary origin. For deadlines and for the own lease. */
  monotonic(): number
  /** Uniform in [0, 1). Only for retry jitter. */
  random(): number
  /** A new owner token: 128 random bits, base64url, 22 characters. */
  token(): string
  /** Calls back once after `ms` milliseconds; the returned function cancels. */
  after(ms: number, callback: () => void): () => void
  /** Calls back when all that can run without waiting has run: the end of this turn of the event loop. */
  endOfTurn(callback: () => void): void
}
