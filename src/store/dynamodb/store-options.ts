import { nearest } from '../../errors/nearest.ts'
import { render } from '../../errors/render.ts'
import { isTable, TABLE_ALLOWED } from '../../protocol/names.ts'

/** What each option may be: `true`, or in words what is allowed. One that is `undefined` was left out. */
const RULES: Readonly<Record<string, (value: unknown) => true | string>> = {
  table: (value) => isTable(value) || TABLE_ALLOWED,
  client: (value) =>
    value === undefined || hasMethods(value, 'send') || 'a DynamoDBClient, or an object with its send',
  batching: (value) => value === undefined || typeof value === 'boolean' || 'true or false',
  runtime: (value) =>
    value === undefined ||
    hasMethods(value, 'now', 'monotonic', 'random', 'token', 'after', 'endOfTurn') ||
    'an object with now, monotonic, random, token, after, endOfTurn',
}

/** Every problem of the options of `dynamoStore`: what was given, what is allowed. */
export function optionProblems(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) {
    return [`Its options are ${render(options)}. Allowed: an object with table.`]
  }
  const known = Object.keys(RULES)
  const given = options as Readonly<Record<string, unknown>> // An object of whatever names.
  const problems: string[] = []
  for (const name in given) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    const hint = meant === undefined ? '.' : `: did you mean "${meant}"?`
    problems.push(`Option ${render(name)} is unknown${hint} Allowed: ${known.join(', ')}.`)
  }
  for (const [name, rule] of Object.entries(RULES)) {
    const verdict = rule(given[name])
    if (verdict !== true) problems.push(`Option "${name}" is ${render(given[name])}. Allowed: ${verdict}.`)
  }
  return problems
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof Object(value)[name] === 'function')
}
