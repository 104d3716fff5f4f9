import type { Settings } from '../options/settings.ts'

/** What the user has called to make a handler. */
export interface Face {
  readonly name: 'sqsHandler' | 'idempotentBatch'
  // Any function will do.
  readonly maker: (...values: never[]) => unknown
  /** The function of one message. */
  readonly fn?: unknown
}

/** A handler of this process, by where it was made. */
interface Place {
  readonly options: unknown
  /** What makes handlers, and the name of the function of one message, if it has one. */
  readonly name: string
  /** Its stack begins at whoever called; it is written out only when it is looked at. */
  readonly made: { readonly stack?: string }
}

/** The first handler of each namespace, by store or table. */
const byStore = new WeakMap<object, Map<string, Place>>()
const byTable = new Map<string, Map<string, Place>>()

/** What was said already: handlers are made again and again by tests and by hot reload. */
const told = new Set<string>()

/**
 * A sentence when another handler of this process has the same namespace in the same store: the same key is the same work
 * to both, and what the first has completed the second never runs. Once of each pair of places; handlers made by one line
 * with functions of one name are one, and so are those of one options object.
 *
 * @param face what the user has called; its own name is not what a minified bundle calls it
 */
export function sharedNamespace(
  { target, namespace }: Settings,
  options: unknown,
  face: Face,
): string | undefined {
  const made: { stack?: string } = {}
  Error.captureStackTrace(made, face.maker)
  const { name: ofFunction = '' }: { name?: unknown } = Object(face.fn)
  const place = { options, name: `${face.name}(${ofFunction})`, made }
  const known = placesOf(target)
  const first = known.get(namespace)
  if (first === undefined) {
    known.set(namespace, place)
    return undefined
  }
  if (first.options === options) return undefined
  const [one, other] = [spell(first), spell(place)]
  const pair = `${one}\n${other}`
  if (one === other || told.has(pair)) return undefined
  told.add(pair)
  return `${one} and ${other} have the namespace "${namespace}" in one table: where one function runs both, a message that either has completed is a duplicate to the other, and never runs there. Give each its own \`namespace\`.`
}

function placesOf(target: Settings['target']): Map<string, Place> {
  if ('table' in target) {
    const places = byTable.get(target.table) ?? new Map<string, Place>()
    byTable.set(target.table, places)
    return places
  }
  const places = byStore.get(target.store) ?? new Map<string, Place>()
  byStore.set(target.store, places)
  return places
}

/** What was made, and where: the first frame, without what a reloading tool puts behind the file's name. */
function spell({ name, made }: Place): string {
  const frame = /^ *at (?:.*\()?(.+?)\)?$/m.exec(made.stack ?? '')?.[1] ?? 'an unknown place'
  return `${name} at ${frame.replace(/\?[^:]*/, '')}`
}
