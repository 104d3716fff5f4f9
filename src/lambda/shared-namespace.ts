import type { Settings } from '../options/settings.ts'

/** What the user has called to make a handler. */
export interface Face {
  readonly name: 'sqsHandler' | 'idempotentBatch'
  // Any function will do.
  readonly maker: (...values: never[]) => unknown
  /** The function of one message. */
  readonly fn?: unknown
}

/** A handler, by where it was made. */
export interface Place {
  readonly options: unknown
  /** What makes handlers, and the name of the function of one message, if it has one. */
  readonly name: string
  /** Its stack begins at whoever called; it is written out only when it is looked at. */
  readonly made: { readonly stack?: string }
}

/** Where a handler is being made. Its maker's own name is not what a minified bundle calls it. */
export function placeOf(options: unknown, face: Face): Place {
  const made: { stack?: string } = {}
  Error.captureStackTrace(made, face.maker)
  const { name: ofFunction = '' }: { name?: unknown } = Object(face.fn)
  return { options, name: `${face.name}(${ofFunction})`, made }
}

/** The first handler that was used of each namespace, by store or table. */
const byStore = new WeakMap<object, Map<string, Place>>()
const byTable = new Map<string, Map<string, Place>>()

/** What was said already: handlers are made again and again by tests and by hot reload. */
const told = new Set<string>()

/**
 * A sentence when this process uses another handler of the same namespace in the same store: the same key is the same work
 * to both, and what the first has completed the second never runs. Asked at the first use, not where handlers are made:
 * one module may have those of several functions, and each function uses its own. Once of each pair of places; handlers
 * made by one line with functions of one name are one, and so are those of one options object.
 */
export function sharedNamespace({ target, namespace }: Settings, place: Place): string | undefined {
  const known = placesOf(target)
  const first = known.get(namespace)
  if (first === undefined) {
    known.set(namespace, place)
    return undefined
  }
  if (first.options === place.options) return undefined
  const [one, other] = [spell(first), spell(place)]
  const pair = `${one}\n${other}`
  if (one === other || told.has(pair)) return undefined
  told.add(pair)
  return `${one} and ${other} both run in this function and have the namespace "${namespace}" in one table: a message that either has completed is a duplicate to the other, and never runs there. Give each its own \`namespace\`.`
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
