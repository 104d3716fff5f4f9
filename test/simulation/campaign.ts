import { Worker } from 'node:worker_threads'
import { Coverage } from './coverage.ts'
import type { Violation } from './violation.ts'
import type { Stretch, StretchReport } from './worker.ts'

const SEEDS_PER_STRETCH = 1_000

export interface CampaignOptions {
  readonly from: number
  readonly seeds: number
  readonly workers: number
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
  readonly violation: Violation | undefined
}

/** Runs many seeds on worker threads, each seed in one thread. Stops at the first broken invariant. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const started = performance.now()
  const coverage = new Coverage()
  const end = options.from + options.seeds
  let next = options.from
  let seeds = 0
  let steps = 0
  let effects = 0
  let violation: Violation | undefined

  const report = (): CampaignReport => ({
    from: options.from,
    seeds,
    steps,
    effects,
    milliseconds: performance.now() - started,
    coverage,
    violation,
  })

  const take = (done: StretchReport): void => {
    seeds += done.seeds
    steps += done.steps
    effects += done.effects
    coverage.add(done.coverage)
    if (done.violation !== undefined && !(violation !== undefined && violation.seed < done.violation.seed)) {
      violation = done.violation
    }
    options.progress?.(report())
  }

  const serve = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { simulation: true } })
      const hand = (): void => {
        if (next >= end || violation !== undefined) {
          void worker.terminate().then(() => resolve())
          return
        }
        const stretch: Stretch = { from: next, to: Math.min(end, next + SEEDS_PER_STRETCH) }
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
