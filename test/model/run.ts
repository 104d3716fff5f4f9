import type { Configuration } from './configuration.ts'
import { configurations } from './configurations.ts'
import { guardsWithout, type Mutant, SURVIVES } from './guards.ts'
import { INVARIANTS } from './invariants.ts'
import { explore, type Limits } from './search/explore.ts'
import { type TraceStep, traceOf } from './search/trace.ts'

/** What one exploration found. */
export interface Result {
  readonly configuration: string
  readonly purpose: string
  readonly states: number
  readonly transitions: number
  /** Steps to the farthest state. */
  readonly depth: number
  readonly seconds: number
  /** Every reachable state was visited. */
  readonly complete: boolean
  readonly invariants: readonly string[]
  /** Times each rare event was taken. */
  readonly seen: Readonly<Record<string, number>>
  /** Rare events that had to be seen and were not; empty for an exploration that was cut short. */
  readonly missing: readonly string[]
  readonly violated: string | undefined
  /** The shortest way to the violation. */
  readonly trace: readonly TraceStep[]
}

export interface MutantResult extends Result {
  readonly mutant: Mutant
  /** The named invariant failed, and no other; or, for one that survives, none failed in the whole configuration. */
  readonly caught: boolean
}

/** Explores one configuration with every guard on. */
export function runConfiguration(configuration: Configuration, limits: Limits): Result {
  return run(configuration, limits)
}

/** Explores the mutant's configuration without its guard; the named invariant should fail. */
export function runMutant(
  mutant: Mutant,
  limits: Limits,
  configuration = configurationNamed(mutant.configuration),
): MutantResult {
  const result = run(configuration, limits, mutant)
  return { ...result, mutant, caught: isAsExpected(result, mutant) }
}

function isAsExpected(result: Result, mutant: Mutant): boolean {
  if (mutant.caughtBy === SURVIVES) return result.complete && result.violated === undefined
  return result.violated === mutant.caughtBy
}

/** @throws Error when there is no such configuration; the message lists those that exist. */
export function configurationNamed(name: string): Configuration {
  const found = configurations.find((configuration) => configuration.name === name)
  if (found !== undefined) return found
  const names = configurations.map((configuration) => configuration.name).join(', ')
  throw new Error(`There is no configuration ${JSON.stringify(name)}. Configurations: ${names}.`)
}

/** The invariants that this configuration's assumptions give, and that it could break. */
export function invariantsOf(configuration: Configuration): readonly string[] {
  const { fifo, transactional, waived, batchSize, maxAttempts } = configuration
  const idle = new Set(waived)
  for (const name of transactional ? ['EFFECT', 'I5', 'WINDOW'] : ['I6']) idle.add(name)
  if (!fifo) idle.add('I9')
  if (batchSize < 2) idle.add('BATCH')
  if (maxAttempts === 0) for (const name of ['POISON', 'RUNS']) idle.add(name)
  return Object.keys(INVARIANTS).filter((name) => !idle.has(name))
}

function run(configuration: Configuration, limits: Limits, mutant?: Mutant): Result {
  const started = performance.now()
  const guards = mutant === undefined ? guardsWithout() : guardsWithout(mutant.guard)
  const aside = mutant?.setAside === undefined ? [] : [mutant.setAside]
  const world = { ...configuration, waived: [...configuration.waived, ...aside] }
  const exploration = explore(world, guards, limits)
  const seconds = (performance.now() - started) / 1000
  const { states, transitions, depth, complete, violation, seen } = exploration
  return {
    configuration: configuration.name,
    purpose: configuration.purpose,
    states,
    transitions,
    depth,
    seconds,
    complete,
    invariants: invariantsOf(configuration),
    seen: Object.fromEntries([...seen].sort(([one], [other]) => one.localeCompare(other))),
    missing: complete ? configuration.mustSee.filter((event) => !seen.has(event)) : [],
    violated: violation?.invariant,
    trace: traceOf(exploration),
  }
}
