import { describe, expect, it } from 'vitest'
import type { Configuration } from './configuration.ts'
import { configurations } from './configurations.ts'
import { guardNames, guardsWithout, mutants } from './guards.ts'
import { INVARIANTS } from './invariants.ts'
import { configurationNamed, invariantsOf, runConfiguration, runMutant } from './run.ts'
import { explore } from './search/explore.ts'

/** The command explores everything; here the worlds that take a second or two. */
const QUICK = ['twice', 'managed poison', 'foreign', 'endless', 'corrected', 'corrected poison']

/** Mutants whose shortest failure lies deep, or that fail nowhere: the command runs them. */
const SLOW = ['compare-and-set', 'takeover', 'extend-window', 'seen-lease', 'window-end', 'token']

const NO_LIMIT = { maxStates: 10_000_000 }

describe('the protocol', () => {
  it.each(QUICK)('keeps every invariant and meets every rare event: %s', (name) => {
    const result = runConfiguration(configurationNamed(name), NO_LIMIT)
    expect(result).toMatchObject({ complete: true, violated: undefined, missing: [] })
  })

  it.each(configurations.map(({ name }) => name))('keeps every invariant near the start: %s', (name) => {
    const result = runConfiguration(configurationNamed(name), { maxStates: 3_000 })
    expect(result.violated).toBeUndefined()
  })

  it('is judged by every invariant in at least one configuration', () => {
    const judged = new Set(configurations.flatMap(invariantsOf))
    expect([...judged].sort()).toEqual(Object.keys(INVARIANTS).sort())
  })
})

describe('the protocol without one guard', () => {
  const quick = mutants.filter(({ guard }) => !SLOW.includes(guard))

  it.each(quick)('fails $caughtBy: it $wrong', (mutant) => {
    const result = runMutant(mutant, NO_LIMIT)
    expect(result.violated).toBe(mutant.caughtBy)
    // What cannot resolve may be stuck from the start.
    if (mutant.caughtBy !== 'I7') expect(result.trace.length).toBeGreaterThan(0)
  })

  it('has one mutant for every guard', () => {
    expect(mutants.map(({ guard }) => guard).sort()).toEqual([...guardNames].sort())
    expect(new Set(guardNames).size).toBe(guardNames.length)
  })
})

describe('the exploration', () => {
  const small = configurationNamed('managed poison')

  it('finds the same states in the same order every time', () => {
    const one = explore(small, guardsWithout(), NO_LIMIT)
    const other = explore(small, guardsWithout(), NO_LIMIT)
    expect([one.states, one.transitions, one.depth]).toEqual([other.states, other.transitions, other.depth])
    const [first, second] = [new Uint32Array(64), new Uint32Array(64)]
    for (let id = 0; id < one.states; id++) {
      one.set.read(id, first)
      other.set.read(id, second)
      expect(first).toEqual(second)
    }
  })

  it('says which rare events it never met', () => {
    const demanding: Configuration = { ...small, mustSee: ['busy', 'TTL deletion'] }
    expect(runConfiguration(demanding, NO_LIMIT).missing).toEqual(['TTL deletion'])
  })

  it('stops at the limit and calls itself incomplete, judging no coverage', () => {
    const result = runConfiguration(configurationNamed('claim'), { maxStates: 1_000 })
    expect(result).toMatchObject({ complete: false, violated: undefined, missing: [] })
  })

  it('reports progress on the way', () => {
    const heard: number[] = []
    const limits = { maxStates: 30_000, progress: (states: number) => heard.push(states) }
    runConfiguration(configurationNamed('zombie'), limits)
    expect(heard.length).toBeGreaterThan(0)
  })

  it('finds a record that nobody takes over as the nearest state that cannot resolve', () => {
    const tiny: Configuration = { ...configurationNamed('three'), skews: [0], clockError: 0 }
    const result = explore({ ...tiny, mustSee: [] }, guardsWithout('takeover'), NO_LIMIT)
    expect(result.violation).toMatchObject({ invariant: 'I7', byStep: false })
  })
})
