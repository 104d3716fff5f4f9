import { expect, test } from 'vitest'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { backOff } from '../../src/store/dynamodb/back-off.ts'
import { manualClock } from '../../src/testing/index.ts'

/** A clock whose dice fall as told, and the waits that were asked of it. */
function rig(random: number) {
  const clock = manualClock()
  const waits: number[] = []
  const runtime: Runtime = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    random: () => random,
    token: () => clock.token(),
    endOfTurn: (callback) => clock.endOfTurn(callback),
    after: (ms, callback) => {
      waits.push(ms)
      return clock.after(ms, callback)
    },
  }
  return { clock, runtime, waits }
}

test.each([
  [1, 25],
  [2, 50],
  [3, 100],
  [5, 400],
  [6, 500],
  [9, 500],
])('attempt %i with the dice in the middle waits half of its longest wait: %i ms', async (attempt, wait) => {
  const { clock, runtime, waits } = rig(0.5)
  const waited = backOff(runtime, attempt, Infinity)
  expect(waits).toEqual([wait])
  await clock.advance(wait)
  expect(await waited).toBe(true)
})

test('a wait that would end at the deadline or later is not begun', async () => {
  const { clock, runtime, waits } = rig(0.5)
  expect(await backOff(runtime, 1, clock.monotonic() + 25)).toBe(false)
  expect(await backOff(runtime, 1, clock.monotonic() - 1)).toBe(false)
  expect(waits).toEqual([])
  const waited = backOff(runtime, 1, clock.monotonic() + 26)
  await clock.advance(25)
  expect(await waited).toBe(true)
})
