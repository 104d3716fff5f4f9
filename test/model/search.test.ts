import { describe, expect, it } from 'vitest'
import { guardsWithout, mutants } from './guards.ts'
import { configurationNamed, runMutant } from './run.ts'
import { firstStuck } from './search/liveness.ts'
import { NumberList } from './search/number-list.ts'
import { StateSet } from './search/state-set.ts'
import { printTrace } from './search/trace.ts'
import { canonicalise } from './state/canonical.ts'
import { initialise } from './state/initial.ts'
import { at, makeWorld } from './state/world.ts'

describe('the set of states', () => {
  it('numbers states in order of arrival and gives the old number to a known one', () => {
    const set = new StateSet(8)
    expect(set.add(Uint32Array.of(1, 2))).toBe(0)
    expect(set.add(Uint32Array.of(2, 1))).toBe(1)
    expect(set.add(Uint32Array.of(1, 2))).toBe(0)
    expect(set.size).toBe(2)
  })

  it('keeps states apart and findable while it grows', () => {
    const set = new StateSet(8)
    const count = 50_000
    for (let value = 0; value < count; value++) expect(set.add(Uint32Array.of(value, value % 7))).toBe(value)
    const state = new Uint32Array(2)
    for (let value = 0; value < count; value += 997) {
      set.read(value, state)
      expect([...state]).toEqual([value, value % 7])
      expect(set.add(Uint32Array.of(value, value % 7))).toBe(value)
    }
    expect(set.size).toBe(count)
  })
})

describe('the search for states that cannot resolve', () => {
  function listOf(...numbers: number[]): NumberList {
    const list = new NumberList()
    for (const number of numbers) list.push(number)
    return list
  }

  it('finds none when every state has a path to a drained one', () => {
    expect(firstStuck(4, listOf(0, 1, 1, 2, 2, 1, 3, 2, 2, 3, 3, 0), listOf(3))).toBeUndefined()
  })

  it('finds the first state of a trap, cycles included', () => {
    // 0 → 1 → 2 (drained); 3 ⇄ 4 go round for ever.
    expect(firstStuck(5, listOf(0, 1, 1, 2, 0, 3, 3, 4, 4, 3), listOf(2))).toBe(3)
  })

  it('finds the start when nothing is drained', () => {
    expect(firstStuck(2, listOf(0, 1), listOf())).toBe(0)
  })
})

describe('the names in a state', () => {
  function world() {
    const made = makeWorld(configurationNamed('late'), guardsWithout(), () => {})
    initialise(made)
    return made
  }

  it('are equal for states that differ only in tokens and in gaps between fences', () => {
    const [one, other] = [world(), world()]
    for (const [made, token, fence] of [
      [one, 3, 2],
      [other, 5, 9],
    ] as const) {
      const record = at(made.records, 0)
      record.status = 1
      record.owner = token
      record.fence = fence
      record.highFence = fence
      const slot = at(made.slots, 0)
      slot.pc = 4
      slot.owner = token
      slot.fence = fence
      canonicalise(made)
    }
    expect(one.bytes).toEqual(other.bytes)
  })

  it('are equal for states that differ only in which of two hosts that are alike does what', () => {
    const [one, other] = [world(), world()]
    for (const [made, host] of [
      [one, 0],
      [other, 1],
    ] as const) {
      Object.assign(at(made.hosts, host), { active: 1, first: 1 })
      Object.assign(at(made.slots, host), { pc: 2, owner: host + 1 })
      canonicalise(made)
    }
    expect(one.bytes).toEqual(other.bytes)
  })

  it('keep hosts apart whose clocks or processes differ', () => {
    const late = configurationNamed('late')
    for (const differing of [{ skews: [0, 1] }, { processes: [0, 1] }]) {
      const [one, other] = [0, 1].map((host) => {
        const made = makeWorld({ ...late, ...differing }, guardsWithout(), () => {})
        Object.assign(at(made.hosts, host), { active: 1, first: 1 })
        canonicalise(made)
        return made.bytes
      })
      expect(one).not.toEqual(other)
    }
  })

  it('keep different tokens different and fences in order', () => {
    const made = world()
    const record = at(made.records, 0)
    const slot = at(made.slots, 0)
    Object.assign(record, { status: 1, owner: 4, fence: 6, highFence: 6 })
    Object.assign(slot, { pc: 4, owner: 2, fence: 3 })
    canonicalise(made)
    expect(slot.owner).not.toBe(record.owner)
    expect([slot.fence, record.fence]).toEqual([1, 2])
  })
})

describe('a trace', () => {
  it.each(['seen-lease', 'extend-raises', 'fifo-report'])(
    'keeps every host in its place, step by step, up to the failure: %s',
    (guard) => {
      const mutant = mutants.find((candidate) => candidate.guard === guard)
      if (mutant === undefined) throw new Error('the mutant is gone')
      const { trace, violated } = runMutant(mutant, { maxStates: 100_000 })
      expect(violated).toBe(mutant.caughtBy)
      expect(trace.length).toBeGreaterThan(5)
      for (const [index, { who, state }] of trace.entries()) {
        if (!who.startsWith('host') || index === trace.length - 1) continue
        const others = (lines: readonly string[]) =>
          lines
            .filter((line) => line.startsWith('host') && !line.startsWith(who))
            .map((line) => line.slice(0, 30))
        expect(others(state)).toEqual(others(trace[index - 1]?.state ?? []))
      }
    },
  )

  it('is the shortest way to the failure, step by step in words', () => {
    const mutant = mutants.find(({ guard }) => guard === 'claim-own-write')
    if (mutant === undefined) throw new Error('the mutant is gone')
    const { trace } = runMutant(mutant, { maxStates: 10_000 })
    expect(trace.map(({ what }) => what)).toEqual([
      'receives message 1',
      'insert: arrives, the answer is lost',
      'reads the record',
    ])
    expect(printTrace(trace)).toContain('  2. host 1: insert: arrives, the answer is lost')
  })
})
