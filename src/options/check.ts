import { nearest } from '../errors/nearest.ts'
import { render } from '../errors/render.ts'
import {
  hasTwoStores,
  isObject,
  OPTION_RULES,
  OPTIONS_RULE,
  RESULT_RULES,
  type Rule,
  type Rules,
} from './rules.ts'

/** Every problem of the options, a sentence or two each; none when they are right. */
export function checkOptions(options: unknown): string[] {
  const problems: string[] = []
  check('The options object', options, OPTIONS_RULE, problems)
  if (!isObject(options)) return problems
  checkNames('', options, OPTION_RULES, problems)
  const { storeResult } = options
  if (isObject(storeResult)) checkNames('storeResult.', storeResult, RESULT_RULES, problems)
  if (hasTwoStores(options)) problems.push('Option "store" excludes "table" and "client".')
  return problems
}

/** Whether the value is right; if not, adds the problem: what was given, what is allowed. */
export function check(what: string, value: unknown, rule: Rule, problems: string[]): boolean {
  const verdict = rule(value)
  if (verdict !== true) problems.push(`${what} is ${render(value)}. Allowed: ${verdict}.`)
  return verdict === true
}

/** Adds a problem for every unknown name and for every value that its rule refuses; `path` goes before each name. */
export function checkNames(
  path: string,
  options: Record<string, unknown>,
  rules: Rules,
  problems: string[],
): void {
  const known = Object.keys(rules)
  // Inherited names count: they are read too.
  for (const name in options) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    problems.push(
      `Option ${render(path + name)} is unknown${meant ? `: did you mean "${path}${meant}"?` : '.'} Allowed: ${known.join(', ')}.`,
    )
  }
  for (const [name, rule] of Object.entries(rules))
    if (options[name] !== undefined) check(`Option "${path}${name}"`, options[name], rule, problems)
}
