import { check } from './check.ts'
import type { Rule } from './rules.ts'

/** The environment variables of a process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the first of some variables that is set. A wrong value adds a problem; so does the `option` that they stand for
 * when none is set. Then the value is `''`.
 */
export type ReadEnvironment = (
  rule: Rule,
  variables: readonly [string, ...string[]],
  option?: string,
) => string

export function environmentReader(env: Environment, problems: string[]): ReadEnvironment {
  return (rule, variables, option) => {
    for (const name of variables) {
      const value = env[name]
      if (value !== undefined)
        return check(`Environment variable ${name}`, value, rule, problems) ? value : ''
    }
    if (option) problems.push(`Option ${option} is missing. Give it, or set ${variables[0]}.`)
    return ''
  }
}
