import { parseArgs } from 'node:util'
import { configurations } from './configurations.ts'
import { guardNames, isGuardName, mutants } from './guards.ts'
import { INVARIANTS } from './invariants.ts'
import { isGood, printMutants, printResult, printTotal } from './report.ts'
import {
  configurationNamed,
  invariantsOf,
  type MutantResult,
  type Result,
  runConfiguration,
  runMutant,
} from './run.ts'
import type { Limits } from './search/explore.ts'

const HELP = `Explores every reachable state of the protocol in small worlds and checks its invariants.

  npm run model                         every configuration
  npm run model -- --mutants            the protocol without one guard, for every guard: each must be caught
  npm run model -- --mutant lease       one of them, with the shortest way to its failure

  --config NAME       only this configuration (may be repeated); with --mutant: in this one
  --max-states N      stop a configuration after N states (default: 20,000,000)
  --list              configurations, invariants and mutants
  --json              results as one JSON document on stdout
  --help

Exit code: 0 all well; 1 an invariant fails, a rare event was never seen, or a mutant is not caught; 2 usage.`

/** How often a slow run says where it is. */
const PROGRESS_MS = 5_000

process.exitCode = main(process.argv.slice(2))

function main(args: readonly string[]): number {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', multiple: true },
        mutant: { type: 'string' },
        mutants: { type: 'boolean', default: false },
        'max-states': { type: 'string', default: '20000000' },
        list: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return say(HELP)
    if (values.list) return say(list())
    const limits = limitsOf(values['max-states'])
    refuseContradictions(values.mutant, values.mutants, values.config)
    if (values.mutant !== undefined) return oneMutant(values.mutant, values.config?.[0], limits, values.json)
    if (values.mutants) return allMutants(limits, values.json)
    return allConfigurations(values.config, limits, values.json)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`)
    return 2
  }
}

function refuseContradictions(mutant: string | undefined, all: boolean, names: readonly string[] = []): void {
  if (all && mutant !== undefined) throw new Error('--mutants runs every mutant; leave out --mutant.')
  if (all && names.length > 0)
    throw new Error('--mutants picks the configurations itself; leave out --config.')
  if (mutant !== undefined && names.length > 1) throw new Error('--mutant takes one --config at most.')
}

function allConfigurations(names: readonly string[] | undefined, limits: Limits, json: boolean): number {
  const chosen = names === undefined ? configurations : names.map(configurationNamed)
  const results: Result[] = []
  for (const configuration of chosen) {
    const result = runConfiguration(configuration, limits)
    results.push(result)
    if (!json) say(`${printResult(result)}\n`)
  }
  say(json ? JSON.stringify(results, undefined, 2) : `${printTotal(results)}${processorTime()}`)
  return results.every(isGood) ? 0 : 1
}

function allMutants(limits: Limits, json: boolean): number {
  const results: MutantResult[] = []
  for (const mutant of mutants) results.push(runMutant(mutant, limits))
  say(json ? JSON.stringify(results, undefined, 2) : `${printMutants(results)}${processorTime()}`)
  return results.every(({ caught }) => caught) ? 0 : 1
}

function oneMutant(name: string, configuration: string | undefined, limits: Limits, json: boolean): number {
  const mutant = isGuardName(name) ? mutants.find(({ guard }) => guard === name) : undefined
  if (mutant === undefined) {
    throw new Error(`There is no mutant ${JSON.stringify(name)}. Mutants: ${guardNames.join(', ')}.`)
  }
  const result = runMutant(mutant, limits, configurationNamed(configuration ?? mutant.configuration))
  say(json ? JSON.stringify(result, undefined, 2) : `${printResult(result)}\n\n${printMutants([result])}`)
  return result.caught ? 0 : 1
}

function limitsOf(maxStates: string): Limits {
  const limit = Number(maxStates)
  if (!Number.isInteger(limit) || limit < 1) {
    throw new Error(`--max-states takes a whole number from 1, not ${JSON.stringify(maxStates)}.`)
  }
  const started = performance.now()
  let last = started
  const progress = (states: number) => {
    const now = performance.now()
    if (now - last < PROGRESS_MS) return
    last = now
    const seconds = Math.round((now - started) / 1000)
    process.stderr.write(`  ${states.toLocaleString('en-GB')} states so far, ${seconds} s\n`)
  }
  return { maxStates: limit, progress }
}

function list(): string {
  const worlds = configurations.map((configuration) => {
    const checked = invariantsOf(configuration).join(' ')
    return `  ${configuration.name}: ${configuration.purpose}\n      checks ${checked}`
  })
  const invariants = Object.entries(INVARIANTS).map(([name, text]) => `  ${name}: ${text}`)
  const guards = mutants.map(({ guard, wrong, caughtBy }) => `  ${guard}: ${wrong} (${caughtBy})`)
  return ['Configurations', ...worlds, 'Invariants', ...invariants, 'Mutants', ...guards].join('\n')
}

/** What the run cost, however busy the machine was. */
function processorTime(): string {
  const { user, system } = process.cpuUsage()
  return ` (processor time ${((user + system) / 1_000_000).toFixed(1)} s)`
}

function say(text: string): 0 {
  process.stdout.write(`${text}\n`)
  return 0
}
