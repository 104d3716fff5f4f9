import { parseArgs } from 'node:util'
import { registerMutant } from './mutants/loader.ts'

const HELP = `Deterministic simulation of the shipped code: one seed, one trace, bit for bit.

  npm run sim -- --seeds 100000            run many seeds, stop at the first broken invariant
  npm run sim -- --seed 4711 --trace       run one seed and print its trace
  npm run sim -- --crash-points            die at every step, and at every pair of steps, of a fixed scenario
  npm run sim -- --mutants                 switch off one guard after the other; each must be caught
  npm run sim -- --mutants --fast          the same with the fast tests instead of the simulation

  --seeds N        how many seeds (20000)
  --from N         the first seed (1)
  --seed S         one seed
  --trace          print the whole trace of that seed
  --workers N      threads (2)
  --keep-going     run on after a broken invariant, and name them all
  --mutant NAME    run with one guard switched off (with --fast: only these, A,B,C)
  --json           the result as JSON on standard output
  --help           this text

Exit: 0 all invariants held and every rare event was seen often enough, 1 if not, 2 for a wrong command line.
`

const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  seed: { type: 'string' },
  trace: { type: 'boolean' },
  workers: { type: 'string' },
  'keep-going': { type: 'boolean' },
  mutant: { type: 'string' },
  mutants: { type: 'boolean' },
  fast: { type: 'boolean' },
  'crash-points': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS, strict: true })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const json = values.json ?? false
  // Before anything of the code under test is loaded.
  if (values.mutant !== undefined && !values.fast) registerMutant(values.mutant)
  if (values.fast) {
    const { runFast } = await import('./mutants/run-fast.ts')
    return runFast(json, values.mutant)
  }
  if (values.mutants) {
    const { runMutants } = await import('./mutants/run-mutants.ts')
    return runMutants({
      json,
      seeds: whole('seeds', values.seeds, 40_000),
      workers: whole('workers', values.workers, 2),
    })
  }
  if (values['crash-points']) {
    const { reportCrashPoints } = await import('./crash-points.ts')
    return reportCrashPoints(json)
  }
  const report = await import('./report.ts')
  if (values.seed !== undefined)
    return report.oneSeed(whole('seed', values.seed, 1), values.trace ?? false, json)
  return report.manySeeds({
    from: whole('from', values.from, 1),
    seeds: whole('seeds', values.seeds, 20_000),
    workers: whole('workers', values.workers, 2),
    mutant: values.mutant,
    keepGoing: values['keep-going'] ?? false,
    json,
  })
}

function whole(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise
  const number = Number(given)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new TypeError(`--${name} must be a whole number above 0, not ${JSON.stringify(given)}.`)
}

// `| head` closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee --help.\n`)
  process.exitCode = 2
}
