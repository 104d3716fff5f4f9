import type { NumberList } from './number-list.ts'

/**
 * I7: the first state from which no path without faults leads to a drained one; nothing if there is none. Walks back
 * from the drained states over the edges that remain when faults stop. `edges`: pairs of state numbers.
 */
export function firstStuck(states: number, edges: NumberList, drained: NumberList): number | undefined {
  const { starts, sources } = byTarget(states, edges)
  const resolves = new Uint8Array(states)
  const open: number[] = []
  for (let index = 0; index < drained.length; index++) {
    resolves[drained.at(index)] = 1
    open.push(drained.at(index))
  }
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const source of sources.subarray(starts[state], starts[state + 1])) {
      if (resolves[source] === 1) continue
      resolves[source] = 1
      open.push(source)
    }
  }
  const stuck = resolves.indexOf(0)
  return stuck === -1 ? undefined : stuck
}

/** The sources of `t`'s edges lie in `sources` from `starts[t]` to `starts[t + 1]`. */
function byTarget(states: number, edges: NumberList): { starts: Int32Array; sources: Int32Array } {
  const count = edges.length / 2
  const starts = new Int32Array(states + 1)
  for (let edge = 0; edge < count; edge++) {
    const after = edges.at(2 * edge + 1) + 1
    starts[after] = (starts[after] ?? 0) + 1
  }
  for (let state = 0; state < states; state++) {
    starts[state + 1] = (starts[state + 1] ?? 0) + (starts[state] ?? 0)
  }
  const next = starts.slice()
  const sources = new Int32Array(count)
  for (let edge = 0; edge < count; edge++) {
    const target = edges.at(2 * edge + 1)
    const place = next[target] ?? 0
    sources[place] = edges.at(2 * edge)
    next[target] = place + 1
  }
  return { starts, sources }
}
