import { BenchWorker, WorkerDied } from './process.ts'
import { batchNames, type Ground } from './run-cells.ts'
import { median } from './stats.ts'
import type { SubjectName } from './subject.ts'

export interface MemoryResult {
  /** Peak resident set, bytes; median over fresh processes. */
  readonly peakBytes: number
  /** Whether the same event ends well under `--max-old-space-size=96`; otherwise how it ended. */
  readonly smallHeap: 'finished' | 'out of memory'
  /** Time per record of the large event over time per record of batches of ten, same process. */
  readonly growth: { readonly wall: number; readonly cpu: number }
}

const LARGE = { size: 10_000, state: 'fresh' } as const
const SMALL = { size: 10, state: 'fresh' } as const
const SMALL_HEAP = '--max-old-space-size=96'

/** One event of 10,000 fresh messages, each time in a fresh process. */
export async function measureMemory(
  ground: Ground,
  runs: number,
): Promise<Partial<Record<SubjectName, MemoryResult>>> {
  const results: Partial<Record<SubjectName, MemoryResult>> = {}
  for (const subject of ground.subjects) {
    const samples: Awaited<ReturnType<typeof sample>>[] = []
    for (let run = 1; run <= runs; run += 1) {
      ground.progress(`10,000 in one event: ${subject}, run ${run} of ${runs}`)
      samples.push(await sample(ground, subject))
    }
    ground.progress(`10,000 in one event, 96 MB heap: ${subject}`)
    results[subject] = {
      peakBytes: median(samples.map(({ peak }) => peak)),
      growth: { wall: median(samples.map(({ wall }) => wall)), cpu: median(samples.map(({ cpu }) => cpu)) },
      smallHeap: await survivesSmallHeap(ground, subject),
    }
  }
  return results
}

async function sample(ground: Ground, subject: SubjectName) {
  const worker = await BenchWorker.start({
    subject,
    bundle: ground.bundles[subject] ?? '',
    endpoint: ground.endpoint,
  })
  try {
    await worker.time({ shape: SMALL, batches: batchNames(200), inFlight: 1 })
    const ten = await worker.time({ shape: SMALL, batches: batchNames(100), inFlight: 1 })
    const large = await worker.time({ shape: LARGE, batches: batchNames(1), inFlight: 1 })
    return {
      peak: large.peakBytes,
      wall: large.elapsedMs / large.messages / (ten.elapsedMs / ten.messages),
      cpu: large.cpuUs / large.messages / (ten.cpuUs / ten.messages),
    }
  } finally {
    await worker.stop()
  }
}

async function survivesSmallHeap(ground: Ground, subject: SubjectName): Promise<MemoryResult['smallHeap']> {
  const worker = await BenchWorker.start({
    subject,
    bundle: ground.bundles[subject] ?? '',
    endpoint: ground.endpoint,
    execArgv: [SMALL_HEAP],
  })
  try {
    await worker.time({ shape: LARGE, batches: batchNames(1), inFlight: 1 })
    return 'finished'
  } catch (error) {
    if (error instanceof WorkerDied && /heap/i.test(error.message)) return 'out of memory'
    throw error
  } finally {
    await worker.stop()
  }
}
