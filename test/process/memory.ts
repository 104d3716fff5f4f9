import type { Entry } from './journal.ts'

/** Samples a worker needs before its memory is judged: four per quarter. */
const ENOUGH = 16
/** A run this long must have had a worker that lived long enough. Seconds. */
const MUST_JUDGE_AFTER = 45
/** Growth from the second quarter to the last that still counts as flat. */
const FLAT = { heap: 1.2, rss: 1.3 }

export interface MemoryOfWorker {
  readonly pid: number
  readonly samples: number
  /** Medians after a forced garbage collection, bytes: of the second quarter of the worker's life and of the last. */
  readonly heap: readonly [number, number]
  readonly rss: readonly [number, number]
}

export interface MemoryVerdict {
  readonly workers: readonly MemoryOfWorker[]
  readonly violations: readonly string[]
}

/** Compares the last quarter of each long-lived worker's samples with the second; the first is warming up. */
export function judgeMemory(samples: readonly Entry<'memory'>[], seconds: number): MemoryVerdict {
  const workers: MemoryOfWorker[] = []
  for (const [pid, own] of Map.groupBy(samples, (sample) => sample.pid)) {
    if (own.length < ENOUGH) continue
    const quarter = Math.floor(own.length / 4)
    const second = own.slice(quarter, 2 * quarter)
    const last = own.slice(-quarter)
    const medians = (of: 'heap' | 'rss') =>
      [median(second.map((one) => one[of])), median(last.map((one) => one[of]))] as const
    workers.push({ pid, samples: own.length, heap: medians('heap'), rss: medians('rss') })
  }
  const violations = workers.flatMap((worker) =>
    (['heap', 'rss'] as const).flatMap((of) => {
      const [before, after] = worker[of]
      if (after <= before * FLAT[of]) return []
      return [`The ${of} of worker ${worker.pid} grew from ${megabytes(before)} to ${megabytes(after)}.`]
    }),
  )
  if (workers.length === 0 && seconds >= MUST_JUDGE_AFTER)
    violations.push('No worker lived long enough to judge its memory.')
  return { workers, violations }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
