import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { Scene } from './scene.ts'

/** Copies of each case: together more than any one request of a store holds. */
const COPIES = 5

/** What was answered and what was left, without the names of this copy. */
export interface Seen {
  readonly outcome: object
  readonly left: object | undefined
}

/** A case with its name. */
export interface Named<One> {
  readonly what: string
  readonly one: One
}

/** Copies of every case, prepared, in an order in which neighbours differ. */
export async function copiesOf<Made, One>(
  scene: Scene,
  makers: Readonly<Record<string, (scene: Scene) => Made>>,
  prepare: (made: Made) => Promise<One>,
): Promise<Named<One>[]> {
  const makes = Array.from({ length: COPIES }, () => Object.entries(makers)).flat()
  return Promise.all(makes.map(async ([what, make]) => ({ what, one: await prepare(make(scene)) })))
}

/** The record as it is left, comparable with that of another copy: `names` says whose token is whose. */
export function nameless(
  record: IdempotencyRecord | undefined,
  names: Readonly<Record<string, string>>,
): object | undefined {
  if (record === undefined) return undefined
  const { id: _, owner, ...left } = record
  return { ...left, owner: names[owner] ?? `nobody's: ${owner}` }
}
