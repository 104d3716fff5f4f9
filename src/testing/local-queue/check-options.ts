import * as z from 'zod'
import { ConfigError } from '../../errors/config-error.ts'
import { nearest } from '../../options/nearest.ts'
import { render } from '../../options/render.ts'

/**
 * Checks options against a strict schema whose messages say what is allowed. `nested` lists the names of the objects
 * inside, by path.
 *
 * @throws ConfigError that names each wrong option, what was given, what is allowed and the nearest known name.
 */
export function checkOptions(
  what: string,
  schema: z.ZodObject,
  options: unknown,
  nested: Readonly<Record<string, readonly string[]>> = {},
): void {
  const result = schema.safeParse(options)
  if (result.success) return
  const known = { '': Object.keys(schema.shape), ...nested }
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, options, known))
  throw new ConfigError(`${what}: ${problems.join(' ')}`)
}

function problemsOf(
  issue: z.core.$ZodIssue,
  options: unknown,
  known: Readonly<Record<string, readonly string[]>>,
): string[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    const names = known[path.join('.')] ?? []
    return issue.keys.map((key) => {
      const meant = nearest(key, names)
      const hint = meant === undefined ? '.' : `: did you mean "${meant}"?`
      return `Option "${[...path, key].join('.')}" is unknown${hint} Allowed: ${names.join(', ')}.`
    })
  }
  if (path.length === 0) return [`The options are ${render(options)}. Allowed: an object.`]
  // An issue with a path lies inside an object.
  const given = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], options)
  return [`Option "${path.join('.')}" is ${render(given)}. Allowed: ${issue.message}.`]
}

/** A whole number, or nothing. */
export function wholeNumber(from: number, to: number): z.ZodOptional<z.ZodInt> {
  const message = `a whole number from ${from} to ${to}`
  return z.int(message).min(from, message).max(to, message).optional()
}

/** A function, or nothing. */
export const optionalFunction: z.ZodOptional<z.ZodCustom<unknown>> = z
  .custom((value) => typeof value === 'function', 'a function')
  .optional()

/** Whether a value is an object with this method. */
export function isObjectWith(value: unknown, method: string): boolean {
  // Any object can be asked for a property.
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Record<string, unknown>)[method] === 'function'
  )
}

/** Longest timeout of a Lambda function, milliseconds. */
export const LONGEST_TIMEOUT_MS = 900_000
