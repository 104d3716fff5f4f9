import { Worker } from 'node:worker_threads'
import { Coverage } from './coverage.ts'
import type { Violation } from './violation.ts'
import type { Stretch, StretchReport } from './worker.ts'

const SEEDS_PER_STRETCH = 1_000

export interface CampaignOptions {
  readonly from: number
  readonly seeds: number
  readonly workers: number
  /** Runs on after a broken invariant, to see them all. */
  readonly keepGoing?: boolean | undefined
  /** Called after every stretch. */
  readonly progress?: ((done: CampaignReport) => void) | undefined
}

export interface CampaignReport {
  readonly from: number
  readonly seeds: number
  readonly steps: number
  readonly effects: number
  readonly milliseconds: number
  readonly coverage: Coverage
  /** In the order of their seeds. */
  readonly violations: readonly Violation[]
}

/** Runs many seeds on worker threads, each seed in one thread. Stops at a broken invariant unless told otherwise. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const started = performance.now()
  const coverage = new Coverage()
  const end = options.from + options.seeds
  const keepGoing = options.keepGoing ?? false
  let next = options.from
  let seeds = 0
  let steps = 0
  let effects = 0
  const violations: Violation[] = []

  const report = (): CampaignReport => ({
    from: options.from,
    seeds,
    steps,
    effects,
    milliseconds: performance.now() - started,
    coverage,
    violations,
  })

  const take = (done: StretchReport): void => {
    seeds += done.seeds
    steps += done.steps
    effects += done.effects
    coverage.add(done.coverage)
    violations.push(...done.violations)
    violations.sort((one, other) => one.seed - other.seed)
    options.progress?.(report())
  }

  const serve = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { simulation: true } })
      const hand = (): void => {
        if (next >= end || (violations.length > 0 && !keepGoing)) {
          void worker.terminate().then(() => resolve())
          return
        }
        const stretch: Stretch = { from: next, to: Math.min(end, next + SEEDS_PER_STRETCH), keepGoing }
        next = stretch.to
        worker.postMessage(stretch)
      }
      worker.on('message', (done: StretchReport) => {
        take(done)
        hand()
      })
      worker.on('error', reject)
      hand()
    })

  await Promise.all(Array.from({ length: options.workers }, serve))
  return report()
}
