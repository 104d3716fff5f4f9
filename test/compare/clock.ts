import { AsyncLocalStorage } from 'node:async_hooks'

const real = Date.now
const skew = new AsyncLocalStorage<number>()
let travelled = 0

/** Puts the comparison's clock under `Date.now`, so that hours pass at once and hosts' clocks may differ. */
export function installClock(): void {
  Date.now = () => real() + travelled + (skew.getStore() ?? 0)
}

export function removeClock(): void {
  Date.now = real
  travelled = 0
}

/** Lets time pass for all hosts and for the server; timers and monotonic clocks are left alone. */
export function advance(ms: number): void {
  travelled += ms
}

/** How far all clocks have been moved, milliseconds. */
export function travelledMs(): number {
  return travelled
}

/** Runs something on a host whose clock is off by this much. */
export function withSkew<Result>(ms: number, run: () => Result): Result {
  return skew.run(ms, run)
}
