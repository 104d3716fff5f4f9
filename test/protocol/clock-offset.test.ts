import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  certainOffset,
  isCompared,
  narrowOffset,
  type OffsetBounds,
} from '../../src/protocol/clock-offset.ts'
import { parseHttpDate } from '../../src/runtime/http-date.ts'

test('one answer bounds the offset by the cut second and by the way there and back', () => {
  const answer = { serverDate: 10_000, sentAt: 9_900, receivedAt: 10_100 }
  expect(narrowOffset(undefined, answer)).toEqual({ low: -100, high: 1_100 })
})

test('another answer only narrows what is known', () => {
  const known = { low: -100, high: 1_100 }
  const answer = { serverDate: 20_000, sentAt: 19_990, receivedAt: 20_000 }
  expect(narrowOffset(known, answer)).toEqual({ low: 0, high: 1_010 })
})

test('an answer that contradicts what is known replaces it: a clock was set', () => {
  const answer = { serverDate: 500_000, sentAt: 1_000, receivedAt: 1_100 }
  expect(narrowOffset({ low: -100, high: 1_100 }, answer)).toEqual({ low: 498_900, high: 500_000 })
})

describe('the certain offset', () => {
  it.each([
    [undefined, 0],
    [{ low: -100, high: 1_100 }, 0],
    [{ low: 0, high: 0 }, 0],
    [{ low: 1_500, high: 2_600 }, 1_500],
    [{ low: -9_000, high: -8_000 }, -8_000],
  ])('of %j is %i', (bounds, offset) => {
    expect(certainOffset(bounds)).toBe(offset)
  })
})

const answers = fc.array(
  fc.record({
    trueTime: fc.integer({ min: 1_000_000, max: 2_000_000 }),
    there: fc.integer({ min: 0, max: 3_000 }),
    back: fc.integer({ min: 0, max: 3_000 }),
  }),
  { minLength: 1, maxLength: 20 },
)

test('property: whatever the delays, the bounds hold the true offset, never widen, and certainty never exaggerates', () => {
  fc.assert(
    fc.property(answers, fc.integer({ min: -600_000, max: 600_000 }), (all, offset) => {
      let bounds: OffsetBounds | undefined
      for (const { trueTime, there, back } of all) {
        // The server's clock is true; the host's is behind it by the offset; the header is cut to the second.
        const serverDate = Math.floor(trueTime / 1000) * 1000
        const sentAt = trueTime - there - offset
        const receivedAt = trueTime + back - offset
        const next = narrowOffset(bounds, { serverDate, sentAt, receivedAt })
        expect(next.low).toBeLessThanOrEqual(offset)
        expect(next.high).toBeGreaterThanOrEqual(offset)
        if (bounds !== undefined) {
          expect(next.low).toBeGreaterThanOrEqual(bounds.low)
          expect(next.high).toBeLessThanOrEqual(bounds.high)
        }
        bounds = next
      }
      const certain = certainOffset(bounds)
      expect(Math.abs(certain)).toBeLessThanOrEqual(Math.abs(offset))
      if (certain !== 0) expect(Math.sign(certain)).toBe(Math.sign(offset))
    }),
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
    expect(isCompared(bounds)).toBe(compared)
  })
})
