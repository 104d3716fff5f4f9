import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { equals, type Item } from './item.ts'
import { Tokens } from './tokens.ts'

/** A PartiQL statement, read once per text. Parameters are numbered by their `?`. */
export interface Statement {
  readonly kind: 'insert' | 'update'
  readonly table: string
  /** Which parameter is the key. */
  readonly key: number
  /** Attributes written, each from a parameter. */
  readonly assignments: readonly (readonly [name: string, parameter: number])[]
  readonly removals: readonly string[]
  /** Beside the key; all must be equal. */
  readonly conditions: readonly (readonly [name: string, parameter: number])[]
}

const PATTERN = /"(?:[^"]|"")*"|'[^']*'|[A-Z]+|[{}:,=?]/g
const statements = new Map<string, Statement>()

/**
 * The two forms in use, no more: `INSERT INTO "t" VALUE {'a': ?, …}` and
 * `UPDATE "t" SET "a"=?, … REMOVE "b" … WHERE "id"=? AND "c"=? …`. Anything else throws.
 */
export function statementOf(text: string): Statement {
  let statement = statements.get(text)
  if (statement === undefined) {
    const tokens = new Tokens(text, PATTERN)
    statement = tokens.skip('INSERT') ? insert(tokens) : update(tokens)
    tokens.end()
    statements.set(text, statement)
  }
  return statement
}

function insert(tokens: Tokens): Statement {
  tokens.expect('INTO')
  const table = unquote(tokens.take())
  tokens.expect('VALUE')
  tokens.expect('{')
  const assignments: [string, number][] = []
  do {
    const name = unquote(tokens.take())
    tokens.expect(':')
    tokens.expect('?')
    assignments.push([name, assignments.length])
  } while (tokens.skip(','))
  tokens.expect('}')
  const key = assignments.findIndex(([name]) => name === 'id')
  if (key < 0) throw tokens.error('the key')
  return { kind: 'insert', table, key, assignments, removals: [], conditions: [] }
}

function update(tokens: Tokens): Statement {
  tokens.expect('UPDATE')
  const table = unquote(tokens.take())
  tokens.expect('SET')
  let parameters = 0
  const equality = (): [string, number] => {
    const name = unquote(tokens.take())
    tokens.expect('=')
    tokens.expect('?')
    return [name, parameters++]
  }
  const assignments: [string, number][] = []
  do assignments.push(equality())
  while (tokens.skip(','))
  const removals: string[] = []
  while (tokens.skip('REMOVE')) removals.push(unquote(tokens.take()))
  tokens.expect('WHERE')
  const [keyName, key] = equality()
  if (keyName !== 'id') throw tokens.error('the key first')
  const conditions: [string, number][] = []
  while (tokens.skip('AND')) conditions.push(equality())
  return { kind: 'update', table, key, assignments, removals, conditions }
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
export function execute(
  statement: Statement,
  parameters: readonly AttributeValue[],
  old: Item | undefined,
): StatementResult {
  if (statement.kind === 'insert') {
    if (old !== undefined) return { code: 'DuplicateItem', found: old }
    const item: Record<string, AttributeValue> = {}
    for (const [name, parameter] of statement.assignments) item[name] = parameterOf(parameters, parameter)
    return { item }
  }
  const holds =
    old !== undefined &&
    statement.conditions.every(([name, parameter]) => equals(old[name], parameterOf(parameters, parameter)))
  if (!holds) return { code: 'ConditionalCheckFailed', found: old }
  const item: Record<string, AttributeValue> = { ...old }
  for (const [name, parameter] of statement.assignments) item[name] = parameterOf(parameters, parameter)
  for (const name of statement.removals) delete item[name]
  return { item }
}

function parameterOf(parameters: readonly AttributeValue[], index: number): AttributeValue {
  const value = parameters[index]
  if (value === undefined) throw new Error(`the simulated table misses parameter ${index + 1}`)
  return value
}
