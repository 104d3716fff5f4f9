import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type Duration,
  formatDuration,
  LONGEST_DURATION_MS,
  parseDuration,
} from '../../src/options/durations.ts'

describe('a duration', () => {
  it.each([
    [1, 1_000],
    [0.25, 250],
    ['250ms', 250],
    ['45s', 45_000],
    ['1.5s', 1_500],
    ['15m', 900_000],
    ['6h', 21_600_000],
    ['14d', 1_209_600_000],
    ['3650d', LONGEST_DURATION_MS],
  ])('%j is %i ms', (given, ms) => {
    expect(parseDuration(given)).toBe(ms)
  })

  it('is nothing else: no other unit, sign, space, exponent or combination', () => {
    const others = [
      0,
      -1,
      NaN,
      Infinity,
      LONGEST_DURATION_MS / 1_000 + 1,
      '',
      '0s',
      '-5s',
      '+5s',
      '15',
      '15 m',
      ' 15m',
      '15m ',
      '15m\n',
      '15M',
      '1h30m',
      '1e3s',
      '.5s',
      '5.s',
      '1,5s',
      '5w',
      'Infinitys',
      'NaNs',
      '3651d',
      `${'9'.repeat(400)}ms`,
      null,
      undefined,
      true,
      5n,
      [15],
      { ms: 5 },
    ]
    for (const given of others) expect(parseDuration(given), String(given)).toBeUndefined()
  })

  it('is a whole number of milliseconds, at least one, even where binary fractions are not exact', () => {
    expect(parseDuration(1.001)).toBe(1_001)
    expect(parseDuration('0.0001ms')).toBe(1)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LONGEST_DURATION_MS }), (ms) => {
        expect(parseDuration(ms / 1_000)).toBe(ms)
        expect(parseDuration(`${ms}ms`)).toBe(ms)
      }),
    )
  })

  it('is never anything but a number of milliseconds in range, whatever is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.double(), fc.string()), (given) => {
        const ms = parseDuration(given)
        if (ms !== undefined) {
          expect(Number.isInteger(ms)).toBe(true)
          expect(ms).toBeGreaterThan(0)
          expect(ms).toBeLessThanOrEqual(LONGEST_DURATION_MS)
        }
      }),
    )
  })

  it('is written in its largest whole unit, and read back as the same', () => {
    expect(formatDuration(900_000)).toBe('15m')
    expect(formatDuration(1_209_600_000)).toBe('14d')
    expect(formatDuration(61_500)).toBe('61500ms')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LONGEST_DURATION_MS }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })

  it('has a type that knows its units', () => {
    expectTypeOf<'14d'>().toExtend<Duration>()
    expectTypeOf<0.5>().toExtend<Duration>()
    expectTypeOf<'14 days'>().not.toExtend<Duration>()
    expectTypeOf<'14w'>().not.toExtend<Duration>()
    expectTypeOf<'1h30m'>().not.toExtend<Duration>()
  })
})
