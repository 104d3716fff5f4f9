import { randomFillSync } from 'node:crypto'
import { clearTimeout, setImmediate, setTimeout } from 'node:timers'
import type { Runtime } from './runtime.ts'

// Owner tokens are drawn from a pool: one call into the operating system serves 64 claims.
const TOKEN_BYTES = 16
const pool = Buffer.alloc(TOKEN_BYTES * 64)
let used = pool.length

function token(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const start = used
  used += TOKEN_BYTES
  return pool.toString('base64url', start, used)
}

// Timers from the module and a bound clock: a test that fakes the global ones would stop requests that are real. Kept at
// the start: such a test may replace those of the module too, which reach whoever was bundled as CommonJS. The wall clock
// stays the global one, because setting it is how such a test makes a window end.
const monotonic = performance.now.bind(performance)
const timers = { setTimeout, clearTimeout, setImmediate }

/** The real clocks, timers and randomness of this process. */
export const systemRuntime: Runtime = {
  now: () => Date.now(),
  monotonic,
  random: () => Math.random(),
  token,
  after(ms, callback) {
    const timer = timers.setTimeout(callback, ms)
    return () => timers.clearTimeout(timer)
  },
  endOfTurn(callback) {
    timers.setImmediate(callback)
  },
}
