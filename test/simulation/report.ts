import { type CampaignReport, runCampaign } from './campaign.ts'
import { BARS, RARE_EVENTS } from './coverage.ts'
import { runSeed } from './run-seed.ts'
import type { Violation } from './violation.ts'
import { runStretch } from './worker.ts'

const TRACE_TAIL = 40
/** Broken invariants that are named. */
const OTHERS = 100
const PROGRESS_EVERY_MS = 5_000

/** Runs one seed twice, so that a trace that is not reproducible shows at once. */
export async function oneSeed(seed: number, tracing: boolean, json: boolean): Promise<number> {
  const result = await runSeed(seed, true)
  const again = await runSeed(seed)
  const same = result.hash === again.hash && result.steps === again.steps
  const { trace = [], violation } = result
  if (json) {
    const { hash, steps, effects } = result
    print(
      JSON.stringify({
        seed,
        hash,
        steps,
        effects,
        deterministic: same,
        violation,
        trace: tracing ? trace : undefined,
      }),
    )
  } else {
    const lines = tracing ? trace : trace.slice(violation === undefined ? trace.length : -TRACE_TAIL)
    for (const line of lines) print(line)
    print(`seed ${seed}: ${result.steps} steps, ${result.effects} effects, trace ${hex(result.hash)}`)
    if (violation !== undefined) print(describe(violation))
    if (!same) print(`not deterministic: the second run gave trace ${hex(again.hash)}`)
  }
  return violation === undefined && same ? 0 : 1
}

export interface ManySeeds {
  readonly from: number
  readonly seeds: number
  readonly workers: number
  /** Name of a guard that is switched off; then it runs in this thread, where the loader is. */
  readonly mutant: string | undefined
  readonly keepGoing: boolean
  readonly json: boolean
}

export async function manySeeds(options: ManySeeds): Promise<number> {
  if (options.mutant !== undefined) return mutantSeeds(options)
  let told = 0
  const report = await runCampaign({
    ...options,
    progress: (done) => {
      if (done.milliseconds - told < PROGRESS_EVERY_MS) return
      told = done.milliseconds
      process.stderr.write(`${done.seeds} of ${options.seeds} seeds, ${rate(done)} seeds/s\n`)
    },
  })
  const [violation] = report.violations
  const missing = violation === undefined ? report.coverage.missing(report.seeds) : []
  if (options.json) {
    const coverage = Object.fromEntries(RARE_EVENTS.map((event) => [event, report.coverage.of(event)]))
    print(JSON.stringify({ ...report, coverage, missing }))
  } else {
    print(`${report.seeds} seeds from ${report.from}, ${report.steps} steps, ${report.effects} effects`)
    print(
      `${(report.milliseconds / 1000).toFixed(1)} s, ${rate(report)} seeds/s, ${options.workers} threads, Node ${process.version}`,
    )
    for (const event of RARE_EVENTS) {
      print(
        `  ${event.padEnd(28)}${String(report.coverage.of(event)).padStart(10)}  bar ${BARS[event]} per 10,000 seeds`,
      )
    }
    for (const { event, seen, bar } of missing)
      print(`too rare: ${event} was seen ${seen} times, at least ${bar} are asked for`)
  }
  if (violation !== undefined) await explain(violation)
  for (const other of report.violations.slice(1, OTHERS)) process.stderr.write(`${describe(other)}\n`)
  return violation === undefined && missing.length === 0 ? 0 : 1
}

/** Searches for the first seed that catches a mutant. Exit 1 means: caught. */
async function mutantSeeds(options: ManySeeds): Promise<number> {
  Error.stackTraceLimit = 0
  for (let from = options.from; from < options.from + options.seeds; from += 500) {
    const to = Math.min(from + 500, options.from + options.seeds)
    const [violation] = (await runStretch({ from, to, keepGoing: false })).violations
    if (violation === undefined) continue
    if (options.json) print(JSON.stringify({ mutant: options.mutant, violation }))
    else print(`${options.mutant} is caught. ${describe(violation)}`)
    return 1
  }
  print(options.json ? JSON.stringify({ mutant: options.mutant }) : `${options.mutant} is not caught`)
  return 0
}

async function explain(violation: Violation): Promise<void> {
  const { trace = [] } = await runSeed(violation.seed, true)
  for (const line of trace.slice(-TRACE_TAIL)) process.stderr.write(`${line}\n`)
  process.stderr.write(
    `${describe(violation)}\nTo see it again: npm run sim -- --seed ${violation.seed} --trace\n`,
  )
}

function describe({ invariant, message, seed, steps }: Violation): string {
  return `Invariant ${invariant} is broken at seed ${seed}, step ${steps}: ${message}`
}

function rate(report: CampaignReport): number {
  return Math.round((report.seeds / report.milliseconds) * 1000)
}

function hex(hash: number): string {
  return hash.toString(16).padStart(8, '0')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
