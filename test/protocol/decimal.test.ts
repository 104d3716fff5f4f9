import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { canonicalDecimal, survivesDouble } from '../../src/protocol/decimal.ts'

const RUNS = { numRuns: 2_000 }

describe('the canonical decimal', () => {
  it.each([
    ['10', '10'],
    ['10.0', '10'],
    ['1e1', '10'],
    ['+010', '10'],
    ['0.1E+2', '10'],
    ['1000e-2', '10'],
    ['5.50', '5.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-0.0', '0'],
    ['0e5', '0'],
    ['-1.20e-3', '-0.0012'],
    ['1e3', '1000'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    ['0.12345678901234567890123456789012345678', '0.12345678901234567890123456789012345678'],
    ['1e126', `1${'0'.repeat(126)}`],
    ['1e-128', `0.${'0'.repeat(127)}1`],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalDecimal(text)).toBe(canonical)
  })

  it.each([
    '',
    ' ',
    '.',
    '-',
    'e5',
    '1e',
    '0x10',
    'NaN',
    'Infinity',
    '1,5',
    ' 1',
    '1 ',
    '1_0',
    '--1',
    '1e1.5',
  ])('of %j is none: it is no decimal number', (text) => {
    expect(canonicalDecimal(text)).toBeUndefined()
  })

  it('of a number that would be endless in full is none, and costs nothing', () => {
    for (const text of ['1e999999999', '1e-999999999', `1e${'9'.repeat(400)}`])
      expect(canonicalDecimal(text)).toBeUndefined()
    // Quadratic would be minutes.
    const long = `1${'0'.repeat(500_000)}1`
    expect(canonicalDecimal(long)).toBe(long)
  })
})

describe('a decimal that a double gives back', () => {
  it.each([
    '0',
    '-0',
    '0.1',
    '0.10',
    '100e-3',
    '1e21',
    '9007199254740992',
    '0.30000000000000004',
    '5e-324',
    '1.7976931348623157e308',
  ])('%s does', (text) => {
    expect(survivesDouble(text)).toBe(true)
  })

  it.each([
    '9007199254740993',
    '0.1000000000000000055',
    '0.10000000000000001',
    '1.00000000000000000001',
    '9007199254740990.5',
    '1e400',
    '-1e400',
    '1e-400',
    '12345678901234567890',
  ])('%s does not', (text) => {
    expect(survivesDouble(text)).toBe(false)
  })
})

/** Digits and where the point stands, as exact integers: another way to say a number than the code under test. */
const decimal = fc.record({
  digits: fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
  exponent: fc.integer({ min: -30, max: 30 }),
})
/** The same number with other digits: `10^-40` units, as an integer. */
const units = ({ digits, exponent }: { digits: bigint; exponent: number }) =>
  digits * 10n ** BigInt(exponent + 40)

const spelled = fc
  .tuple(decimal, fc.integer({ min: 0, max: 5 }), fc.constantFrom('e', 'E', 'e+0', 'E+'))
  .map(([number, zeros, e]) => {
    const { digits, exponent } = number
    const power = exponent - zeros
    const sign = power < 0 ? e.replace(/\+.*/, '') : e
    return { number, text: `${digits}${'0'.repeat(zeros)}${sign}${power}` }
  })

test('property: two spellings have one canonical decimal exactly when the numbers are equal', () => {
  fc.assert(
    fc.property(spelled, spelled, (a, b) => {
      expect(canonicalDecimal(a.text) === canonicalDecimal(b.text)).toBe(units(a.number) === units(b.number))
      expect(canonicalDecimal(canonicalDecimal(a.text) ?? '')).toBe(canonicalDecimal(a.text))
    }),
    RUNS,
  )
})

test('property: what JavaScript prints survives, and of what survives no two numbers are one double', () => {
  const near = fc
    .tuple(
      fc.bigInt({ min: 2n ** 52n, max: 2n ** 55n }),
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: -20, max: 3 }),
    )
    .map(
      ([digits, step, exponent]) =>
        [`${digits}e${exponent}`, `${digits + BigInt(step)}e${exponent}`] as const,
    )
  fc.assert(
    fc.property(near, fc.double({ noNaN: true, noDefaultInfinity: true }), ([a, b], printed) => {
      expect(survivesDouble(String(printed))).toBe(true)
      if (canonicalDecimal(a) === canonicalDecimal(b)) return
      if (survivesDouble(a) && survivesDouble(b)) expect(Number(a)).not.toBe(Number(b))
    }),
    RUNS,
  )
})
