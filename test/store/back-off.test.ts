import { expect, test } from 'vitest'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { backOff } from '../../src/store/dynamodb/back-off.ts'
import { CallTimeoutError } from '../../src/store/dynamodb/failures.ts'
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

test('near the deadline a wait takes at most half of what is left, and none is begun when that is next to nothing', async () => {
  const { clock, runtime, waits } = rig(0.5)
  expect(await backOff(runtime, 1, clock.monotonic() + 24)).toBe(false)
  expect(await backOff(runtime, 1, clock.monotonic() - 1)).toBe(false)
  expect(waits).toEqual([])
  const waited = backOff(runtime, 6, clock.monotonic() + 400)
  expect(waits).toEqual([100])
  await clock.advance(100)
  expect(await waited).toBe(true)
})

test('an attempt that was cut is followed at once by another, while there is time', async () => {
  const { clock, runtime, waits } = rig(0.5)
  const cut = new CallTimeoutError('no answer', 1_000, false)
  expect(await backOff(runtime, 3, clock.monotonic() + 1, cut)).toBe(true)
  expect(await backOff(runtime, 3, clock.monotonic(), cut)).toBe(false)
  expect(waits).toEqual([])
})
