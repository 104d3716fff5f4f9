/** A decimal number as a text says it, free of its spelling: `digits × 10^exponent`, no zero at either end of the digits. */
interface Decimal {
  /** `'-'` or nothing. Zero has no sign. */
  readonly sign: string
  /** Empty for zero. */
  readonly digits: string
  readonly exponent: number
}

const SPELLING = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** SQS takes 38 digits between 10^-128 and 10^126; what would be much longer in full is no number that anybody meant. */
const MOST_ZEROS = 400

/**
 * The one spelling of a decimal number in full, of any precision: `'10'` for `10`, `10.0`, `1e1` and `+010`.
 * `undefined` for what is no decimal number, or too long in full.
 */
export function canonicalDecimal(text: string): string | undefined {
  const number = parse(text)
  if (!number) return undefined
  const { sign, digits, exponent } = number
  if (digits === '') return '0'
  const point = digits.length + exponent
  if (exponent > MOST_ZEROS || point < -MOST_ZEROS) return undefined
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent)
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
  return `${sign}0.${'0'.repeat(-point)}${digits}`
}

/**
 * Whether a double gives this decimal number back when it is printed. Of the numbers that pass, no two different ones
 * become one double; one that does not pass has lost digits.
 */
export function survivesDouble(text: string): boolean {
  // Up to 15 digits always do (IEEE 754), however they are spelled.
  if (text.length <= 15 && !/e/i.test(text)) return true
  const said = parse(text)
  const kept = parse(String(Number(text)))
  return (
    said !== undefined &&
    kept !== undefined &&
    said.sign === kept.sign &&
    said.digits === kept.digits &&
    said.exponent === kept.exponent
  )
}

function parse(text: string): Decimal | undefined {
  const [matched, sign, whole = '', fraction = '', power = '0'] = SPELLING.exec(text) ?? []
  const all = whole + fraction
  if (matched === undefined || all === '') return undefined
  // By hand: `/0+$/` takes quadratic time on a long run of zeros that is not at the end.
  let start = 0
  let end = all.length
  while (all[start] === '0') start++
  while (end > start && all[end - 1] === '0') end--
  if (start === end) return { sign: '', digits: '', exponent: 0 }
  return {
    sign: sign === '-' ? '-' : '',
    digits: all.slice(start, end),
    exponent: Number(power) - fraction.length + (all.length - end),
  }
}
