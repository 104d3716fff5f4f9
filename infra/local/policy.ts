/**
 * As much of IAM's evaluation as the policies of this project need: explicit deny over allow over nothing; wildcards in
 * actions and resources; the condition operators in use. An operator that is not known here is an error, not a pass.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export interface Request {
  readonly action: string
  /** The resource as the template refers to it, as JSON. */
  readonly resource: string
  /** Context keys. A key that is not here is absent from the request. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

export function isAllowed(statements: readonly Statement[], request: Request): boolean {
  const matching = statements.filter((statement) => matches(statement, request))
  return (
    matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny')
  )
}

function matches({ Action, Resource, Condition = {} }: Statement, request: Request): boolean {
  const { action, resource, context = {} } = request
  return (
    list(Action).some((pattern) => like(String(pattern).toLowerCase(), action.toLowerCase())) &&
    list(Resource).some((pattern) => covers(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, list(wanted).map(String), context[key])),
    )
  )
}

function holds(
  operator: string,
  wanted: readonly string[],
  given: string | readonly string[] | undefined,
): boolean {
  const values = given === undefined ? [] : list(given).map(String)
  const anyLike = (value: string) => wanted.some((pattern) => like(pattern, value))
  switch (operator) {
    case 'ForAllValues:StringLike':
      // True when there is no value at all: what the Null condition is for.
      return values.every(anyLike)
    case 'ForAllValues:StringEquals':
      return values.every((value) => wanted.includes(value))
    case 'ForAnyValue:StringLike':
      return values.some(anyLike)
    case 'StringLike':
      return values.length > 0 && values.every(anyLike)
    case 'StringEquals':
      return values.length > 0 && values.every((value) => wanted.includes(value))
    case 'Null':
      return wanted.includes(String(given === undefined))
    case 'Bool':
      return values.length > 0 && values.every((value) => wanted.includes(value))
    default:
      throw new Error(`This evaluator does not know the condition operator ${operator}.`)
  }
}

function covers(pattern: unknown, resource: string): boolean {
  if (pattern === '*') return true
  const text = JSON.stringify(pattern)
  return text === resource || (text.includes('*') && like(text, resource))
}

function like(pattern: string, value: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(value)
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
