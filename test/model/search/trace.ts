import { canonicalise } from '../state/canonical.ts'
import { makeWorld, type World } from '../state/world.ts'
import { describe } from './describe.ts'
import { type Exploration, replay } from './explore.ts'

export interface TraceStep {
  readonly who: string
  readonly what: string
  /** The state after it, in words. */
  readonly state: readonly string[]
}

/** The way to the violation, by replaying it step by step; empty if there is none. */
export function traceOf(exploration: Exploration): readonly TraceStep[] {
  const { configuration, guards, violation, set, parents } = exploration
  if (violation === undefined) return []
  const path: number[] = []
  for (let id = violation.from; id > 0; id = parents.at(id)) path.unshift(id)
  const world = makeWorld(configuration, guards, () => {})
  const words = new Uint32Array(world.bytes.buffer)
  const target = new Uint32Array(words.length)
  set.read(0, words)
  const steps: TraceStep[] = []
  const take = (wanted: () => boolean) => {
    let after: Uint8Array | undefined
    replay(world, (who, what, act) => {
      if (after !== undefined) return
      act()
      if (!wanted()) return
      after = world.bytes.slice()
      steps.push({ who, what, state: describe(world) })
    })
    if (after !== undefined) world.bytes.set(after)
    return after !== undefined
  }
  let before = 0
  for (const id of path) {
    set.read(id, target)
    const arrives = () => isSame(world, words, target)
    if (!take(arrives)) {
      // Two hosts that differ in tokens alone have changed places: go on from the state as it was found.
      set.read(before, words)
      if (!take(arrives)) throw new Error('the trace cannot be replayed: a rule is not deterministic')
    }
    before = id
  }
  if (violation.byStep) take(() => world.broken === violation.invariant)
  return steps
}

/** Whether this is the wanted state, whichever of the hosts and slots that are alike come first. */
function isSame(world: World, words: Uint32Array, target: Uint32Array): boolean {
  const before = world.bytes.slice()
  canonicalise(world)
  const same = words.every((word, index) => word === target[index])
  world.bytes.set(before)
  return same
}

/** The trace as text: each step, and what it changed. */
export function printTrace(trace: readonly TraceStep[]): string {
  const lines: string[] = []
  let before: readonly string[] = []
  for (const [index, { who, what, state }] of trace.entries()) {
    lines.push(`${String(index + 1).padStart(3)}. ${who}: ${what}`)
    for (const line of state) if (!before.includes(line)) lines.push(`       ${line}`)
    before = state
  }
  return lines.join('\n')
}
