import type { Runtime } from '../../src/runtime/runtime.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A runtime whose clocks stand still until a test moves them. */
export interface TestClock extends Runtime {
  /** Moves time on, timer by timer in their order; between two of them everything runs that can. */
  advance(ms: number): Promise<void>
  /** Sets only the wall clock, as NTP would. */
  skew(ms: number): void
}

/** Lets everything run that needs no time: promises, and what was put off to the end of a turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export function testClock(startsAt = 1_750_000_000_000): TestClock {
  let time = 0
  let offset = startsAt
  let tokens = 0
  const timers = new Set<Timer>()

  function due(until: number): Timer | undefined {
    return [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
  }

  return {
    now: () => offset + time,
    monotonic: () => time,
    random: () => 0.5,
    token: () => `token-${++tokens}`.padEnd(22, '.'),
    after(ms, callback) {
      const timer = { at: time + Math.max(0, ms), callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    endOfTurn: (callback) => void setImmediate(callback),
    async advance(ms) {
      const until = time + ms
      await settled()
      for (let timer = due(until); timer !== undefined; timer = due(until)) {
        timers.delete(timer)
        time = Math.max(time, timer.at)
        timer.callback()
        await settled()
      }
      time = until
      await settled()
    },
    skew(ms) {
      offset += ms
    },
  }
}
