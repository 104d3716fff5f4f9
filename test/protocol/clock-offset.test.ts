import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  correctedError,
  correctionOf,
  isCompared,
  narrowOffset,
  type OffsetBounds,
} from '../../src/protocol/clock-offset.ts'
import { parseHttpDate } from '../../src/runtime/http-date.ts'

const ERROR = 1_000

/** An answer as the network lets it be: the monotonic clock agrees with the other. */
function answer(serverDate: number, sentAt: number, receivedAt: number) {
  return { serverDate, sentAt, receivedAt, took: receivedAt - sentAt }
}

test('one answer bounds the offset by the cut second and by the way there and back', () => {
  expect(narrowOffset(undefined, answer(10_000, 9_900, 10_100), ERROR)).toEqual({ low: -100, high: 1_100 })
})

test('another answer only narrows what is known', () => {
  const known = { low: -100, high: 1_100 }
  expect(narrowOffset(known, answer(20_000, 19_990, 20_000), ERROR)).toEqual({ low: 0, high: 1_010 })
})

test('an answer that contradicts what is known replaces it: a clock was set', () => {
  const known = { low: -100, high: 1_100 }
  expect(narrowOffset(known, answer(500_000, 1_000, 1_100), ERROR)).toEqual({ low: 498_900, high: 500_000 })
})

describe('an answer tells nothing', () => {
  const known = { low: -100, high: 1_100 }
  it.each([
    ['slower than the clock error', answer(10_000, 9_000, 10_001)],
    ['slow by the clock that nobody sets', { ...answer(10_000, 9_900, 10_100), took: 1_001 }],
    ['during which the clock was set back', { ...answer(10_000, 9_900, 9_899), took: 20 }],
  ])('%s', (_name, one) => {
    expect(narrowOffset(known, one, ERROR)).toBe(known)
    expect(narrowOffset(undefined, one, ERROR)).toBeUndefined()
  })

  it('and one as slow as the clock error tells something', () => {
    expect(narrowOffset(undefined, answer(10_000, 9_000, 10_000), ERROR)).toEqual({ low: 0, high: 2_000 })
  })
})

describe('the correction', () => {
  it.each([
    ['nothing is known', undefined, 0],
    ['a clock that is certainly inside the error is left alone', { low: -1_000, high: 1_000 }, 0],
    ['one that may be outside of it by a little is moved by that', { low: -100, high: 1_100 }, 100],
    ['a slow one is moved just far enough', { low: 4_500, high: 5_600 }, 4_600],
    ['a fast one likewise', { low: -9_000, high: -8_000 }, -8_000],
    ['exactly known', { low: 5_000, high: 5_000 }, 4_000],
    ['bounds too wide for certainty: what is certain of it', { low: 1_500, high: 5_600 }, 1_500],
    ['the same, behind', { low: -9_000, high: -3_000 }, -3_000],
    ['the same, around zero', { low: -2_000, high: 3_000 }, 0],
  ])('%s', (_name, bounds, correction) => {
    expect(correctionOf(bounds, ERROR)).toBe(correction)
  })

  it('keeps to the clock error where that is more than the cut of the header, and never to less', () => {
    expect([0, 200, 1_000, 5_000].map(correctedError)).toEqual([1_000, 1_000, 1_000, 5_000])
    expect(correctionOf({ low: 4_000, high: 5_000 }, 5_000)).toBe(0)
    expect(correctionOf({ low: 7_000, high: 8_000 }, 5_000)).toBe(3_000)
  })
})

const answers = fc.array(
  fc.record({
    trueTime: fc.integer({ min: 1_000_000, max: 2_000_000 }),
    there: fc.integer({ min: 0, max: 1_500 }),
    back: fc.integer({ min: 0, max: 1_500 }),
  }),
  { minLength: 1, maxLength: 20 },
)

test('property: whatever the delays, the bounds hold the true offset and never widen, and the corrected clock is right within the error', () => {
  fc.assert(
    fc.property(
      answers,
      fc.integer({ min: -600_000, max: 600_000 }),
      fc.constantFrom(1_000, 1_500, 5_000),
      (all, offset, errorMs) => {
        let bounds: OffsetBounds | undefined
        for (const { trueTime, there, back } of all) {
          // The server's clock is true; the host's is behind it by the offset; the header is cut to the second.
          const serverDate = Math.floor(trueTime / 1000) * 1000
          const next = narrowOffset(
            bounds,
            answer(serverDate, trueTime - there - offset, trueTime + back - offset),
            errorMs,
          )
          if (next === undefined) {
            expect(there + back).toBeGreaterThan(errorMs)
            continue
          }
          expect(next.low).toBeLessThanOrEqual(offset)
          expect(next.high).toBeGreaterThanOrEqual(offset)
          if (bounds !== undefined) {
            expect(next.low).toBeGreaterThanOrEqual(bounds.low)
            expect(next.high).toBeLessThanOrEqual(bounds.high)
          }
          bounds = next
        }
        const correction = correctionOf(bounds, errorMs)
        if (bounds === undefined) expect(correction).toBe(0)
        // Every answer that counts is fast enough to compare the clocks.
        else {
          expect(isCompared(bounds, errorMs)).toBe(true)
          expect(Math.abs(offset - correction)).toBeLessThanOrEqual(errorMs)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

test('the Date header is read; anything else is no date', () => {
  const epoch = 784_111_777_000
  expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(epoch)
  expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(epoch)
  expect(parseHttpDate('yesterday')).toBeUndefined()
  expect(parseHttpDate('')).toBeUndefined()
})

describe('the clocks have been compared', () => {
  it.each([
    ['not before an answer', undefined, false],
    ['by an answer as slow as the cut of the header', { low: -1_000, high: 1_000 }, true],
    ['not by a slower one', { low: -1_001, high: 1_000 }, false],
  ])('%s', (_name, bounds, compared) => {
    expect(isCompared(bounds, ERROR)).toBe(compared)
  })
})
