import type { Runtime } from './runtime.ts'

/** A runtime whose wall clock is another: that of a store, which is corrected by what it knows of its server's. */
export function withClock(runtime: Runtime, now: () => number): Runtime {
  return {
    now,
    monotonic: () => runtime.monotonic(),
    random: () => runtime.random(),
    token: () => runtime.token(),
    after: (ms, callback) => runtime.after(ms, callback),
    endOfTurn: (callback) => runtime.endOfTurn(callback),
  }
}
