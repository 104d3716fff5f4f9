import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { compare, equals, type Item } from './item.ts'
import { Tokens } from './tokens.ts'

/** A PartiQL statement with its values in place. */
export interface Statement {
  readonly kind: 'insert' | 'update'
  readonly table: string
  readonly id: string
  /** Attributes written, in the order of the text. */
  readonly assignments: readonly NamedValue[]
  readonly removals: readonly string[]
  /** Beside the key; all must be equal. */
  readonly conditions: readonly NamedValue[]
  /** All must be below. */
  readonly bounds: readonly NamedValue[]
}

type NamedValue = readonly [name: string, value: AttributeValue]

/** Where a value comes from: a parameter by its `?`, or the text by its place among the literals. */
type Source = { readonly parameter: number } | { readonly literal: number }

/** A statement without its values, read once per text of that shape. */
interface Shape extends Pick<Statement, 'kind' | 'table' | 'removals'> {
  readonly key: Source
  readonly assignments: readonly (readonly [name: string, source: Source])[]
  readonly conditions: readonly (readonly [name: string, source: Source])[]
  readonly bounds: readonly (readonly [name: string, source: Source])[]
}

const PATTERN = /"(?:[^"]|"")*"|'[^']*'|[A-Z]+|[{}:,=<?#]/g
const LITERAL = /(?<=[:=<] ?)(?:\d+|'[^']*')/g
const shapes = new Map<string, Shape>()

/**
 * The two forms in use, no more: `INSERT INTO "t" VALUE {'a': ?, …}` and
 * `UPDATE "t" SET "a"=?, … REMOVE "b" … WHERE "id"=? AND "c"=? … AND "d"<? …`; for each `?` a whole number or a quoted string may
 * stand in the text. Anything else throws.
 */
export function statementOf(text: string, parameters: readonly AttributeValue[]): Statement {
  const literals = text.match(LITERAL) ?? []
  const outline = text.replace(LITERAL, '#')
  let shape = shapes.get(outline)
  if (shape === undefined) {
    const tokens = new Tokens(outline, PATTERN)
    shape = tokens.skip('INSERT') ? insert(tokens) : update(tokens)
    tokens.end()
    shapes.set(outline, shape)
  }
  const { kind, table, removals, key, assignments, conditions, bounds } = shape
  const value = (source: Source): AttributeValue => {
    if ('literal' in source) return literalOf(literals[source.literal] ?? '')
    const found = parameters[source.parameter]
    if (found === undefined) throw new Error(`the simulated table misses a parameter of ${text}`)
    return found
  }
  const named = ([name, source]: readonly [string, Source]): NamedValue => [name, value(source)]
  const id = value(key).S ?? ''
  return {
    kind,
    table,
    id,
    removals,
    assignments: assignments.map(named),
    conditions: conditions.map(named),
    bounds: bounds.map(named),
  }
}

/** Reads the sources of values in the order of the text. */
function sources(tokens: Tokens): () => Source {
  let parameters = 0
  let literals = 0
  return () => {
    if (tokens.skip('?')) return { parameter: parameters++ }
    tokens.expect('#')
    return { literal: literals++ }
  }
}

function literalOf(text: string): AttributeValue {
  return text.startsWith("'") ? { S: text.slice(1, -1) } : { N: text }
}

function insert(tokens: Tokens): Shape {
  tokens.expect('INTO')
  const table = unquote(tokens.take())
  tokens.expect('VALUE')
  tokens.expect('{')
  const source = sources(tokens)
  const assignments: [string, Source][] = []
  do {
    const name = unquote(tokens.take())
    tokens.expect(':')
    assignments.push([name, source()])
  } while (tokens.skip(','))
  tokens.expect('}')
  const key = assignments.find(([name]) => name === 'id')?.[1]
  if (key === undefined) throw tokens.error('the key')
  return { kind: 'insert', table, key, assignments, removals: [], conditions: [], bounds: [] }
}

function update(tokens: Tokens): Shape {
  tokens.expect('UPDATE')
  const table = unquote(tokens.take())
  tokens.expect('SET')
  const source = sources(tokens)
  const equality = (): [string, Source] => {
    const name = unquote(tokens.take())
    tokens.expect('=')
    return [name, source()]
  }
  const assignments: [string, Source][] = []
  do assignments.push(equality())
  while (tokens.skip(','))
  const removals: string[] = []
  while (tokens.skip('REMOVE')) removals.push(unquote(tokens.take()))
  tokens.expect('WHERE')
  const [keyName, key] = equality()
  if (keyName !== 'id') throw tokens.error('the key first')
  const conditions: [string, Source][] = []
  const bounds: [string, Source][] = []
  while (tokens.skip('AND')) {
    const name = unquote(tokens.take())
    if (tokens.skip('<')) bounds.push([name, source()])
    else {
      tokens.expect('=')
      conditions.push([name, source()])
    }
  }
  return { kind: 'update', table, key, assignments, removals, conditions, bounds }
}

function unquote(token: string): string {
  const quote = token[0]
  if (quote !== '"' && quote !== "'")
    throw new Error(`the simulated table expected a quoted name, not ${token}`)
  return token.slice(1, -1).replaceAll('""', '"')
}

export type StatementResult =
  | { readonly item: Item }
  /** The item that was found instead. */
  | { readonly code: 'DuplicateItem' | 'ConditionalCheckFailed'; readonly found: Item | undefined }

/** What one statement makes of the item it names. */
export function execute(statement: Statement, old: Item | undefined): StatementResult {
  const { kind, assignments, removals, conditions, bounds } = statement
  if (kind === 'insert') {
    return old === undefined
      ? { item: Object.fromEntries(assignments) }
      : { code: 'DuplicateItem', found: old }
  }
  const holds =
    old !== undefined &&
    conditions.every(([name, value]) => equals(old[name], value)) &&
    bounds.every(([name, value]) => (compare(old[name], value) ?? 1) < 0)
  if (!holds) return { code: 'ConditionalCheckFailed', found: old }
  const item: Record<string, AttributeValue> = { ...old }
  for (const [name, value] of assignments) item[name] = value
  for (const name of removals) delete item[name]
  return { item }
}
