const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Ten years, in milliseconds: longer than any queue keeps a message; more than that is a mistake in the unit. */
export const LONGEST_DURATION_MS: number = 3650 * UNITS.d

/** A number of seconds, or a number with its unit: `'250ms'`, `'45s'`, `'15m'`, `'6h'`, `'14d'`. */
export type Duration = number | `${number}${keyof typeof UNITS}`

const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/**
 * Milliseconds of a duration: whole, at least 1, at most ten years; `undefined` for anything else.
 * Combinations such as `'1h30m'` are not durations: write `'90m'`.
 */
export function parseDuration(value: unknown): number | undefined {
  const text = typeof value === 'number' ? `${value}s` : value
  const [, amount, unit] = (typeof text === 'string' && PATTERN.exec(text)) || []
  // The pattern admits no other unit; without a match the amount is NaN already.
  const ms = Number(amount) * UNITS[unit as keyof typeof UNITS]
  // Rounded, because 1.001 × 1000 is not 1001 in binary.
  return ms > 0 && ms <= LONGEST_DURATION_MS ? Math.round(ms) || 1 : undefined
}

/** Whole milliseconds in the largest unit that leaves a whole number: `900_000` → `'15m'`. */
export function formatDuration(ms: number): string {
  let text = ''
  for (const [unit, length] of Object.entries(UNITS)) if (ms % length === 0) text = `${ms / length}${unit}`
  return text
}
