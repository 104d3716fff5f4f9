import { parseDuration } from './durations.ts'
import { nearest } from './nearest.ts'
import { render } from './render.ts'
import { EXCLUSIVE, OPTION_RULES, type Rule, type Rules } from './rules.ts'

/** Every problem of the options, a sentence or two each; none when they are right. The small twin of `optionsSchema`. */
export function checkOptions(options: unknown): string[] {
  if (!isObject(options)) return [problem('The options object', options, { shape: OPTION_RULES })]
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

/** Whether a value is right; `shape` apart, which has problems of its own. */
export function fits(value: unknown, rule: Rule): boolean {
  const { values, duration, range, pattern, call, methods } = rule
  return !!(
    values?.some((one) => one === value) ||
    (duration && parseDuration(value)) ||
    (range && Number.isInteger(value) && Number(value) >= range[0] && Number(value) <= range[1]) ||
    (typeof value === 'string' && pattern?.test(value)) ||
    (call && typeof value === 'function') ||
    (methods && hasMethods(value, methods, rule.at))
  )
}

/** What a value is and what it may be, for an error message. */
export function problem(what: string, value: unknown, rule: Rule): string {
  return `${what} is ${render(value)}. Allowed: ${allowed(rule)}.`
}

function allowed({ values = [], duration, range, pattern, call, methods, shape, allowed }: Rule): string {
  return [
    ...values.map(render),
    duration && 'seconds, or a number with ms, s, m, h or d such as "15m", up to ten years',
    range && `a whole number from ${range.join(' to ')}`,
    pattern && `text like ${pattern.source}`,
    call && 'a function',
    allowed ?? (methods && `an object with ${methods.join(', ')}`),
    shape && `an object of ${Object.keys(shape).join(', ')}`,
  ]
    .filter(Boolean)
    .join(' or ')
}

function hasMethods(value: unknown, methods: readonly string[], at?: string): boolean {
  const holder = at ? Object(value)[at] : value
  return (
    (typeof holder === 'function' || isObject(holder)) &&
    // Functions and objects alike can be asked for a property; its type is looked at before use.
    methods.every((name) => typeof (holder as Record<string, unknown>)[name] === 'function')
  )
}

function shapeProblems(path: string, value: Record<string, unknown>, rules: Rules): string[] {
  const problems: string[] = []
  const known = Object.keys(rules)
  // Inherited names count, as they do for zod.
  for (const name in value) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    problems.push(
      `Option ${render(path + name)} is unknown${meant ? `: did you mean "${path}${meant}"?` : '.'} Allowed: ${known.join(', ')}.`,
    )
  }
  for (const [name, rule] of Object.entries(rules)) {
    const given = value[name]
    if (given === undefined) continue
    if (rule.shape && isObject(given)) problems.push(...shapeProblems(`${path + name}.`, given, rule.shape))
    else if (!fits(given, rule)) problems.push(problem(`Option "${path + name}"`, given, rule))
  }
  return problems
}
