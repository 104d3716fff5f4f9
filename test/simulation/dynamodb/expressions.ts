import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { compare, equals, type Item, type Names, type Values } from './item.ts'
import { Tokens } from './tokens.ts'

/** Whether an item (`undefined`: none) satisfies a ConditionExpression. */
export type Condition = (item: Item | undefined, names: Names, values: Values) => boolean
/** Applies an UpdateExpression to `target`, reading the item as it was. */
export type Update = (
  target: Record<string, AttributeValue>,
  old: Item | undefined,
  names: Names,
  values: Values,
) => void
type Operand = (item: Item | undefined, names: Names, values: Values) => AttributeValue | undefined

const PATTERN = /<>|<=|>=|[(),=<>+-]|[#:]?[A-Za-z_][A-Za-z0-9_]*/g
const conditions = new Map<string, Condition>()
const updates = new Map<string, Update>()

/**
 * The part of DynamoDB's condition grammar in use: comparisons, AND, OR, NOT, parentheses, attribute_exists and
 * attribute_not_exists. Anything else throws. Compiled once per text.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export function conditionOf(text: string): Condition {
  let condition = conditions.get(text)
  if (condition === undefined) {
    const tokens = new Tokens(text, PATTERN)
    condition = either(tokens)
    tokens.end()
    conditions.set(text, condition)
  }
  return condition
}

/** SET with `+`, `-` and if_not_exists, REMOVE, and ADD of numbers; top-level attributes only. Compiled once per text. */
export function updateOf(text: string): Update {
  let update = updates.get(text)
  if (update === undefined) {
    update = clauses(new Tokens(text, PATTERN))
    updates.set(text, update)
  }
  return update
}

function either(tokens: Tokens): Condition {
  let left = both(tokens)
  while (tokens.skip('OR')) {
    const one = left
    const other = both(tokens)
    left = (item, names, values) => one(item, names, values) || other(item, names, values)
  }
  return left
}

function both(tokens: Tokens): Condition {
  let left = term(tokens)
  while (tokens.skip('AND')) {
    const one = left
    const other = term(tokens)
    left = (item, names, values) => one(item, names, values) && other(item, names, values)
  }
  return left
}

function term(tokens: Tokens): Condition {
  if (tokens.skip('NOT')) {
    const inner = term(tokens)
    return (item, names, values) => !inner(item, names, values)
  }
  if (tokens.skip('(')) {
    const inner = either(tokens)
    tokens.expect(')')
    return inner
  }
  if (tokens.peek() === 'attribute_exists') return existence(tokens, true)
  if (tokens.peek() === 'attribute_not_exists') return existence(tokens, false)
  const left = operand(tokens)
  const operator = tokens.take()
  const right = operand(tokens)
  const holds = comparison(operator, tokens)
  return (item, names, values) => holds(left(item, names, values), right(item, names, values))
}

function existence(tokens: Tokens, wanted: boolean): Condition {
  tokens.take()
  tokens.expect('(')
  const attribute = operand(tokens)
  tokens.expect(')')
  return (item, names, values) => (attribute(item, names, values) !== undefined) === wanted
}

type Comparison = (one: AttributeValue | undefined, other: AttributeValue | undefined) => boolean

function comparison(operator: string, tokens: Tokens): Comparison {
  switch (operator) {
    case '=':
      return equals
    case '<>':
      return (one, other) => !equals(one, other)
    case '<':
      return (one, other) => (compare(one, other) ?? 1) < 0
    case '<=':
      return (one, other) => (compare(one, other) ?? 1) <= 0
    case '>':
      return (one, other) => (compare(one, other) ?? -1) > 0
    case '>=':
      return (one, other) => (compare(one, other) ?? -1) >= 0
    default:
      throw tokens.error('a comparison')
  }
}

function operand(tokens: Tokens): Operand {
  const token = tokens.take()
  if (token === 'if_not_exists') {
    tokens.expect('(')
    const attribute = operand(tokens)
    tokens.expect(',')
    const otherwise = operand(tokens)
    tokens.expect(')')
    return (item, names, values) => attribute(item, names, values) ?? otherwise(item, names, values)
  }
  if (token.startsWith(':')) return (_item, _names, values) => required(values[token], token)
  const nameOf = attributeName(token)
  return (item, names) => item?.[nameOf(names)]
}

function attributeName(token: string): (names: Names) => string {
  if (!token.startsWith('#')) return () => token
  return (names) => required(names[token], token)
}

const CLAUSES: Readonly<Record<string, (tokens: Tokens) => Update>> = {
  SET: assignment,
  REMOVE: removal,
  ADD: addition,
}

function clauses(tokens: Tokens): Update {
  const steps: Update[] = []
  while (tokens.peek() !== undefined) {
    const clause = CLAUSES[tokens.take()]
    if (clause === undefined) throw tokens.error('SET, REMOVE or ADD')
    do steps.push(clause(tokens))
    while (tokens.skip(','))
  }
  return (target, old, names, values) => {
    for (const step of steps) step(target, old, names, values)
  }
}

function addition(tokens: Tokens): Update {
  const nameOf = attributeName(tokens.take())
  const amount = operand(tokens)
  return (target, old, names, values) => {
    const name = nameOf(names)
    target[name] = { N: String(Number(old?.[name]?.N ?? 0) + Number(amount(old, names, values)?.N)) }
  }
}

function assignment(tokens: Tokens): Update {
  const nameOf = attributeName(tokens.take())
  tokens.expect('=')
  const first = operand(tokens)
  const sign = tokens.skip('+') ? 1 : tokens.skip('-') ? -1 : 0
  const second = sign === 0 ? undefined : operand(tokens)
  return (target, old, names, values) => {
    const one = required(first(old, names, values), 'the right side of SET')
    const other = second?.(old, names, values)
    target[nameOf(names)] =
      second === undefined ? one : { N: String(Number(one.N) + sign * Number(other?.N)) }
  }
}

function removal(tokens: Tokens): Update {
  const nameOf = attributeName(tokens.take())
  return (target, _old, names) => {
    delete target[nameOf(names)]
  }
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the simulated table misses ${what}`)
  return value
}
