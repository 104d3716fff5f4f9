import { parentPort, workerData } from 'node:worker_threads'
import { Coverage } from './coverage.ts'
import { runSeeds } from './run-seed.ts'
import type { Violation } from './violation.ts'

/** A stretch of seeds. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** What a stretch of seeds came to. */
export interface StretchReport extends Stretch {
  readonly seeds: number
  readonly steps: number
  readonly effects: number
  readonly coverage: Float64Array
  readonly violation: Violation | undefined
}

export async function runStretch({ from, to }: Stretch): Promise<StretchReport> {
  const coverage = new Coverage()
  let seeds = 0
  let steps = 0
  let effects = 0
  let violation: Violation | undefined
  await runSeeds(from, to, (result) => {
    seeds++
    steps += result.steps
    effects += result.effects
    coverage.add(result.coverage)
    // Seeds end in any order; the lowest one is reported.
    if (result.violation !== undefined && !(violation !== undefined && violation.seed < result.seed)) {
      violation = result.violation
    }
    return violation === undefined
  })
  return { from, to, seeds, steps, effects, coverage: coverage.counts, violation }
}

if (parentPort !== null && (workerData as { simulation?: boolean } | null)?.simulation) {
  const port = parentPort
  // An error per simulated fault: its stack is never read, and taking it costs more than the fault.
  Error.stackTraceLimit = 0
  port.on('message', (stretch: Stretch) => {
    runStretch(stretch).then((report) => port.postMessage(report))
  })
}
