import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { Runtime } from '../runtime/runtime.ts'
import { systemRuntime } from '../runtime/system.ts'

/** 2026-01-01T00:00:00Z */
const DEFAULT_NOW = 1_767_225_600_000
/** Turns of the event loop after each timer, at most: what keeps going without waiting does not end by itself. */
const TURNS = 1_000

let clocks = 0

/** Options of {@link manualClock}. */
export interface ManualClockOptions {
  /**
   * Where the wall clock stands at first, epoch milliseconds.
   * @default 1767225600000, the start of 2026 (UTC)
   */
  readonly now?: number | undefined
  /**
   * Seed of `random` and `token`: the same seed, the same numbers. Two clocks that stand for two hosts need two
   * seeds: with one they would draw the same owner tokens and take each other's claims for their own.
   * @default the number of the clock in this process: 1 for the first, 2 for the second …
   */
  readonly seed?: number | undefined
  /**
   * `'system'`: the wall clock alone is manual; timers and the monotonic clock are the process's. For stores that do
   * real input and output, whose call timeouts must run.
   * @default 'manual'
   */
  readonly timers?: 'manual' | 'system' | undefined
}

/** Clocks, timers and randomness under a test's control: usable as any `runtime` option. */
export interface ManualClock extends Runtime {
  /**
   * Moves both clocks on by `ms` milliseconds. Timers that fall due fire in order, each at its own time, and what
   * they set going settles before the next one. With `timers: 'system'` it moves the wall clock alone.
   * @throws RangeError when `ms` is negative or no number; whatever a timer's callback throws
   */
  advance(ms: number): Promise<void>
  /** Sets the wall clock (epoch ms) and nothing else, as an operator or NTP does. No timer fires. */
  set(now: number): void
  /** Timers that wait. */
  readonly waiting: number
}

interface Timer {
  readonly due: number
  readonly callback: () => void
}

/**
 * A clock that stands still until told otherwise.
 *
 * @example
 * const clock = manualClock()
 * const store = memoryStore({ runtime: clock })
 * await clock.advance(15_000) // past the lease
 */
export function manualClock(options: ManualClockOptions = {}): ManualClock {
  clocks++
  const { seed = clocks, timers = 'manual' } = options
  let wall = finite('now', options.now ?? DEFAULT_NOW)
  let monotonic = 0
  let drawn = 0
  let turns = 0
  let last: Promise<void> = Promise.resolve()
  // In order of being set; the first of those due earliest fires first.
  const waiting = new Set<Timer>()

  function digest(kind: string): string {
    drawn++
    return createHash('sha256').update(`${seed}:${kind}:${drawn}`).digest('hex')
  }

  async function settle(): Promise<void> {
    for (let count = 0; count < TURNS; count++) {
      await turn()
      if (turns === 0) return
    }
  }

  function next(until: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of waiting) {
      if (timer.due <= until && (first === undefined || timer.due < first.due)) first = timer
    }
    return first
  }

  function moveTo(time: number): void {
    wall += time - monotonic
    monotonic = time
  }

  async function advance(ms: number): Promise<void> {
    const until = monotonic + ms
    await settle()
    for (let timer = next(until); timer !== undefined; timer = next(until)) {
      waiting.delete(timer)
      moveTo(timer.due)
      timer.callback()
      await settle()
    }
    moveTo(until)
  }

  const manual: ManualClock = {
    now: () => wall,
    monotonic: () => monotonic,
    random: () => Number.parseInt(digest('random').slice(0, 12), 16) / 0x1_0000_0000_0000,
    token: () => Buffer.from(digest('token').slice(0, 32), 'hex').toString('base64url'),
    after(ms, callback) {
      const timer = { due: monotonic + Math.max(0, ms), callback }
      waiting.add(timer)
      return () => waiting.delete(timer)
    },
    endOfTurn(callback) {
      turns++
      setImmediate(() => {
        turns--
        callback()
      })
    },
    async advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`advance takes milliseconds, 0 or more, not ${ms}.`)
      // One after the other: two that are not awaited must not fire each other's timers.
      const mine = last.then(() => advance(ms))
      last = mine.catch(() => {})
      return mine
    },
    set(now) {
      wall = finite('now', now)
    },
    get waiting() {
      return waiting.size
    },
  }
  if (timers === 'manual') return manual
  const { monotonic: real, after, endOfTurn } = systemRuntime
  return Object.assign(manual, {
    monotonic: real,
    after,
    endOfTurn,
    async advance(ms: number) {
      wall += finite('ms', ms)
    },
  })
}

function finite(name: string, value: number): number {
  if (Number.isFinite(value)) return value
  throw new RangeError(`manualClock: ${name} must be a finite number of milliseconds, not ${value}.`)
}
