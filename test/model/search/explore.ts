import type { Configuration } from '../configuration.ts'
import type { Guards } from '../guards.ts'
import { checkState, isDrained } from '../invariants.ts'
import { rules } from '../rules/all.ts'
import type { Step } from '../rules/step.ts'
import { canonicalise, rename } from '../state/canonical.ts'
import { initialise } from '../state/initial.ts'
import { makeWorld, type World } from '../state/world.ts'
import { firstStuck } from './liveness.ts'
import { NumberList } from './number-list.ts'
import { StateSet } from './state-set.ts'

export interface Violation {
  readonly invariant: string
  /** Number of the last state that was still right. */
  readonly from: number
  /** A step from there broke it; not so when the state itself is stuck (I7). */
  readonly byStep: boolean
}

export interface Exploration {
  readonly configuration: Configuration
  readonly guards: Guards
  readonly states: number
  readonly transitions: number
  /** Steps from the start to the farthest state. */
  readonly depth: number
  /** Every reachable state was visited. */
  readonly complete: boolean
  readonly violation: Violation | undefined
  /** How often each rare event was taken. */
  readonly seen: ReadonlyMap<string, number>
  readonly set: StateSet
  readonly parents: NumberList
}

export interface Limits {
  readonly maxStates: number
  /** Called now and then with the number of states. */
  readonly progress?: (states: number) => void
}

/**
 * Visits every reachable state, nearest first, so the first violation found is one of the shortest. Deterministic:
 * the rules offer their steps in a fixed order.
 */
export function explore(configuration: Configuration, guards: Guards, limits: Limits): Exploration {
  const seen = new Map<string, number>()
  const world = makeWorld(configuration, guards, (event) => seen.set(event, (seen.get(event) ?? 0) + 1))
  initialise(world)
  const next = new Uint32Array(world.bytes.buffer)
  const current = new Uint32Array(next.length)
  const set = new StateSet(world.bytes.length)
  const parents = new NumberList()
  const depths = new NumberList()
  /** Edges that remain when faults stop: pairs of state numbers. */
  const calm = new NumberList()
  const drained = new NumberList()
  let violation: Violation | undefined
  let transitions = 0
  let id = 0
  let depth = 0

  const register = (parent: number) => {
    const known = set.size
    const found = set.add(next)
    if (found !== known) return found
    parents.push(parent)
    depths.push(depth + 1)
    if (isDrained(world)) drained.push(found)
    checkState(world)
    return found
  }
  const step: Step = (_who, _what, fault, act) => {
    if (violation !== undefined) return
    act()
    canonicalise(world)
    transitions++
    if (world.broken === undefined) {
      const to = register(id)
      if (!fault && to !== id) {
        calm.push(id)
        calm.push(to)
      }
    }
    if (world.broken !== undefined) violation = { invariant: world.broken, from: id, byStep: true }
    next.set(current)
  }

  canonicalise(world)
  depth = -1
  register(-1)
  for (; id < set.size && set.size <= limits.maxStates && violation === undefined; id++) {
    depth = depths.at(id)
    set.read(id, current)
    next.set(current)
    for (const rule of rules) rule(world, step)
    if ((id & 0x1fff) === 0x1fff) limits.progress?.(set.size)
  }
  const complete = violation === undefined && id === set.size
  if (complete && !configuration.waived.includes('I7')) {
    const stuck = firstStuck(set.size, calm, drained)
    if (stuck !== undefined) violation = { invariant: 'I7', from: stuck, byStep: false }
  }
  return {
    configuration,
    guards,
    states: set.size,
    transitions,
    depth,
    complete,
    violation,
    seen,
    set,
    parents,
  }
}

/** Offers every step of one state, with hosts and slots left in their places. For traces. */
export function replay(world: World, visit: (who: string, what: string, act: () => void) => void): void {
  const before = world.bytes.slice()
  const step: Step = (who, what, _fault, act) => {
    visit(who, what, () => {
      act()
      rename(world)
      if (world.broken === undefined) checkState(world)
    })
    world.bytes.set(before)
    world.broken = undefined
  }
  for (const rule of rules) rule(world, step)
}
