import type { NumberList } from './number-list.ts'

/**
 * I7: the first state from which no path without faults leads to a drained one; nothing if there is none. Walks back
 * from the drained states over the edges that remain when faults stop.
 */
export function firstStuck(states: number, edges: NumberList, drained: NumberList): number | undefined {
  // Edges by their target: `starts[t] .. starts[t + 1]` are the places of t's sources.
  const starts = new Int32Array(states + 1)
  const count = edges.length / 2
  for (let edge = 0; edge < count; edge++) starts[edges.at(2 * edge + 1) + 1]! += 1
  for (let state = 0; state < states; state++) starts[state + 1]! += starts[state]!
  const fill = starts.slice()
  const sources = new Int32Array(count)
  for (let edge = 0; edge < count; edge++) sources[fill[edges.at(2 * edge + 1)]!++] = edges.at(2 * edge)

  const resolves = new Uint8Array(states)
  const open: number[] = []
  for (let index = 0; index < drained.length; index++) {
    resolves[drained.at(index)] = 1
    open.push(drained.at(index))
  }
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (let place = starts[state]!; place < starts[state + 1]!; place++) {
      const source = sources[place]!
      if (resolves[source] === 1) continue
      resolves[source] = 1
      open.push(source)
    }
  }
  const stuck = resolves.indexOf(0)
  return stuck === -1 ? undefined : stuck
}
