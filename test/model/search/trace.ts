import { makeWorld } from '../state/world.ts'
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
  const take = (wanted: (number: number) => boolean) => {
    let after: Uint8Array | undefined
    replay(world, (number, who, what, act) => {
      if (after !== undefined) return
      act()
      if (!wanted(number)) return
      after = world.bytes.slice()
      steps.push({ who, what, state: describe(world) })
    })
    if (after === undefined) throw new Error('the trace cannot be replayed: a rule is not deterministic')
    world.bytes.set(after)
  }
  for (const id of path) {
    set.read(id, target)
    take(() => words.every((word, index) => word === target[index]))
  }
  if (violation.step !== undefined) take((number) => number === violation.step)
  return steps
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
