/** Middle of a sample, and its ends. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Value below which this share (0 to 1) of the sample lies; interpolated between neighbours. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const low = sorted[Math.floor(position)] ?? NaN
  const high = sorted[Math.ceil(position)] ?? NaN
  return low + (high - low) * (position - Math.floor(position))
}

export function median(sample: readonly number[]): number {
  return percentile(sample, 0.5)
}

export function summary(sample: readonly number[]): Summary {
  return { median: median(sample), min: Math.min(...sample), max: Math.max(...sample) }
}

/** Ratios of neighbours in time: the noise of the machine meets both alike. */
export function pairRatios(ours: readonly number[], theirs: readonly number[]): Summary {
  const pairs = Math.min(ours.length, theirs.length)
  return summary(Array.from({ length: pairs }, (_, index) => (ours[index] ?? 0) / (theirs[index] ?? 0)))
}
