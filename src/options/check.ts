import { parseDuration } from './durations.ts'
import { nearest } from './nearest.ts'
import { render } from './render.ts'
import { EXCLUSIVE, OPTION_RULES, type Rule, type Rules } from './rules.ts'

/** Every problem of the options, one sentence each; none when they are right. The small twin of `optionsSchema`. */
export function checkOptions(options: unknown): string[] {
  if (!isObject(options)) return [`The options are ${render(options)}. Allowed: an object.`]
  const problems = shapeProblems('', options, OPTION_RULES)
  for (const [one, other] of EXCLUSIVE)
    if (options[one] !== undefined && options[other] !== undefined)
      problems.push(`Options "${one}" and "${other}" are both given. Allowed: one of them.`)
  return problems
}

/** An object that is neither `null` nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether an object or function has these methods. */
export function hasMethods(value: unknown, { names, at }: Rule & { kind: 'methods' }): boolean {
  const holder = value && at ? Object(value)[at] : value
  return (
    (typeof holder === 'function' || isObject(holder)) &&
    // Any object can be asked for a property; its type is looked at before use.
    names.every((name) => typeof (holder as Record<string, unknown>)[name] === 'function')
  )
}

function shapeProblems(path: string, value: Record<string, unknown>, rules: Rules): string[] {
  const known = Object.keys(rules)
  const problems: string[] = []
  // Inherited names count, as they do for zod.
  for (const name in value) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    problems.push(
      `Option ${render(path + name)} is unknown${meant ? `: did you mean "${path}${meant}"?` : '.'} Allowed: ${known.join(', ')}.`,
    )
  }
  for (const name of known) {
    const rule = rules[name]
    const given = value[name]
    if (rule && given !== undefined) problems.push(...problemsOf(path + name, given, rule))
  }
  return problems
}

function problemsOf(path: string, value: unknown, rule: Rule): string[] {
  if (fits(value, rule)) return []
  const shape = rule.kind === 'either' ? rule.of.find((one) => one.kind === 'shape') : rule
  if (shape?.kind === 'shape' && isObject(value)) return shapeProblems(`${path}.`, value, shape.rules)
  return [`Option "${path}" is ${render(value)}. Allowed: ${allowed(rule)}.`]
}

function fits(value: unknown, rule: Rule): boolean {
  switch (rule.kind) {
    case 'text':
      return typeof value === 'string' && rule.pattern.test(value)
    case 'whole':
      return Number.isInteger(value) && Number(value) >= rule.from && Number(value) <= rule.to
    case 'choice':
      return rule.values.some((one) => one === value)
    case 'duration':
      return parseDuration(value) !== undefined
    case 'function':
      return typeof value === 'function'
    case 'methods':
      return hasMethods(value, rule)
    case 'shape':
      return isObject(value) && shapeProblems('', value, rule.rules).length === 0
    case 'either':
      return rule.of.some((one) => fits(value, one))
  }
}

/** What a rule allows, for an error message. */
export function allowed(rule: Rule): string {
  switch (rule.kind) {
    case 'whole':
      return `a whole number from ${rule.from} to ${rule.to}`
    case 'choice':
      return rule.values.map((one) => render(one)).join(' or ')
    case 'duration':
      return 'a number of seconds, or a number with ms, s, m, h or d such as "15m"; more than 0, at most ten years'
    case 'function':
      return 'a function'
    case 'shape':
      return `an object of ${Object.keys(rule.rules).join(', ')}`
    case 'either':
      return rule.of.map(allowed).join(' or ')
    default:
      return rule.allowed
  }
}
