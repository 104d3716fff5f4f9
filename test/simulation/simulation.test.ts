import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { Coverage, RARE_EVENTS } from './coverage.ts'
import { enumerateCrashes, runCrashPlan } from './crash-points.ts'
import { applyEdit } from './mutants/loader.ts'
import { MUTANTS, mutantNamed } from './mutants/mutants.ts'
import { REGRESSIONS } from './regressions.ts'
import { runSeed, runSeeds } from './run-seed.ts'
import { drawScenario, type Scenario } from './scenario.ts'
import type { Violation } from './violation.ts'

beforeAll(() => {
  Error.stackTraceLimit = 0
})

describe('a seed', () => {
  test('gives the same trace each time, bit for bit', async () => {
    for (const seed of [3, 17, 4711, 123_456_789]) {
      const first = await runSeed(seed, true)
      const second = await runSeed(seed, true)
      expect(second.trace).toEqual(first.trace)
      expect(second.hash).toBe(first.hash)
      expect(second.steps).toBe(first.steps)
    }
  })

  test('gives the same trace whether it runs alone or among others', async () => {
    const among = new Map<number, number>()
    await runSeeds(500, 560, ({ seed, hash }) => {
      among.set(seed, hash)
      return true
    })
    for (const seed of [500, 523, 559]) expect((await runSeed(seed)).hash).toBe(among.get(seed))
  })

  test('gives another trace than its neighbour', async () => {
    const hashes = new Set<number>()
    await runSeeds(1, 200, ({ hash }) => {
      hashes.add(hash)
      return true
    })
    expect(hashes.size).toBeGreaterThan(190)
  })
})

describe('all invariants hold', () => {
  test('over 3,000 seeds, and every rare event is seen', async () => {
    const violations: Violation[] = []
    const coverage = new Coverage()
    await runSeeds(1, 3_001, (result) => {
      coverage.add(result.coverage)
      if (result.violation !== undefined) violations.push(result.violation)
      return result.violation === undefined
    })
    expect(violations).toEqual([])
    expect(coverage.missing(3_000)).toEqual([])
  })

  test.each(REGRESSIONS)('at seed $seed, where $found', async ({ seed, mutant }) => {
    expect((await runSeed(seed)).violation).toBeUndefined()
    expect(mutantNamed(mutant).name).toBe(mutant)
  })
})

describe('a crash at any step', () => {
  test('loses nothing, and repeats an effect only between the effect and its completion', async () => {
    const report = await enumerateCrashes(9)
    expect(report.broken).toEqual([])
    expect(report.points).toBeGreaterThan(30)
    expect(report.extraEffects).toBeGreaterThan(0)
  })

  test('is not needed for the scenario itself: without one each effect happens once', async () => {
    const run = await runCrashPlan([])
    expect(run).toMatchObject({ extraEffects: 0, crashesAfterEffect: 0, broken: undefined })
  })
})

describe('coverage', () => {
  test('fails a run in which a rare event stays below its bar', () => {
    const coverage = new Coverage()
    for (const event of RARE_EVENTS) for (let count = 0; count < 10_000; count++) coverage.hit(event)
    expect(coverage.missing(10_000)).toEqual([])
    const empty = new Coverage()
    expect(empty.missing(10_000).map(({ event }) => event)).toEqual(RARE_EVENTS)
  })
})

describe('a scenario', () => {
  test('lets hosts be wilder than the clock error only where the margin allows for what a correction leaves', () => {
    let wild = 0
    for (let seed = 1; seed < 3_000; seed++) {
      const { maxSkewMs, clockErrorMs } = drawScenario(seed)
      if (maxSkewMs <= clockErrorMs) continue
      wild++
      // The `Date` header is cut to whole seconds: no clock is corrected more finely.
      expect(clockErrorMs).toBe(1_000)
    }
    expect(wild).toBeGreaterThan(100)
  })

  test('is of every environment, with every company and every kind of schema', () => {
    const scenarios = Array.from({ length: 6_000 }, (_, seed) => drawScenario(seed + 1))
    const kinds = (of: (scenario: Scenario) => string) => [...new Set(scenarios.map(of))].sort()
    expect(kinds(({ environment }) => environment)).toEqual(['lambda', 'managed', 'no-kill', 'open'])
    expect(kinds(({ schema }) => schema)).toEqual(['async', 'hangs', 'none', 'sync'])
    expect(kinds(({ company }) => company)).toHaveLength(7)
    expect(scenarios.filter(({ large }) => large).length).toBeGreaterThan(20)
    expect(scenarios.filter(({ oneFault }) => oneFault !== undefined).length).toBeGreaterThan(60)
  })
})

describe('a mutant', () => {
  test.each(MUTANTS)('$name finds its snippet once in the source', ({ name, edits }) => {
    for (const edit of edits) {
      const source = readFileSync(new URL(`../../src/${edit.file}`, import.meta.url), 'utf8')
      expect(applyEdit(name, source, edit)).not.toBe(source)
    }
  })

  test('whose snippet is gone, or there twice, stops the run', () => {
    const edit = { file: 'x.ts', find: 'guard()', replace: '' }
    expect(() => applyEdit('gone', 'nothing', edit)).toThrow(/snippet is not there/)
    expect(() => applyEdit('twice', 'guard() guard()', edit)).toThrow(/more than once/)
  })

  test('of an unknown name is refused with the known ones', () => {
    expect(() => mutantNamed('marginn')).toThrow(/margin/)
  })
})
