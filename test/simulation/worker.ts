import { parentPort, workerData } from 'node:worker_threads'
import { Coverage } from './coverage.ts'
import { runSeeds } from './run-seed.ts'
import type { Violation } from './violation.ts'

/** A stretch of seeds. */
export interface Stretch {
  readonly from: number
  readonly to: number
  /** Runs on after a broken invariant. */
  readonly keepGoing: boolean
}

/** What a stretch of seeds came to. */
export interface StretchReport extends Stretch {
  readonly seeds: number
  readonly steps: number
  readonly effects: number
  readonly coverage: Float64Array
  /** In the order of their seeds. */
  readonly violations: readonly Violation[]
}

export async function runStretch({ from, to, keepGoing }: Stretch): Promise<StretchReport> {
  const coverage = new Coverage()
  let seeds = 0
  let steps = 0
  let effects = 0
  const violations: Violation[] = []
  await runSeeds(from, to, (result) => {
    seeds++
    steps += result.steps
    effects += result.effects
    coverage.add(result.coverage)
    if (result.violation !== undefined) violations.push(result.violation)
    return keepGoing || violations.length === 0
  })
  // Seeds end in any order.
  violations.sort((one, other) => one.seed - other.seed)
  return { from, to, keepGoing, seeds, steps, effects, coverage: coverage.counts, violations }
}

if (parentPort !== null && (workerData as { simulation?: boolean } | null)?.simulation) {
  const port = parentPort
  // An error per simulated fault: its stack is never read, and taking it costs more than the fault.
  Error.stackTraceLimit = 0
  port.on('message', (stretch: Stretch) => {
    runStretch(stretch).then((report) => port.postMessage(report))
  })
}
