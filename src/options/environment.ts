import { ENVIRONMENT, FUNCTION_NAME_VARIABLE } from '../protocol/names.ts'
import { fits, problem } from './check.ts'
import { NAMESPACE_RULE, type Rule, TABLE_RULE } from './rules.ts'

/** The environment variables of a process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Seconds in ten years: the longest window. */
const TTL_RULE: Rule = { range: [1, 315_360_000] }

/** `ONCEKIT_TABLE`. A wrong value, or none, adds a problem. */
export function tableFrom(env: Environment, problems: string[]): string {
  return textFrom(env, ENVIRONMENT.table, '"table" or "store"', TABLE_RULE, problems)
}

/** `ONCEKIT_NAMESPACE`, else `AWS_LAMBDA_FUNCTION_NAME`. A wrong value, or none at all, adds a problem. */
export function namespaceFrom(env: Environment, problems: string[]): string {
  const name =
    env[ENVIRONMENT.namespace] === undefined && env[FUNCTION_NAME_VARIABLE]
      ? FUNCTION_NAME_VARIABLE
      : ENVIRONMENT.namespace
  return textFrom(env, name, '"namespace"', NAMESPACE_RULE, problems)
}

/** `ONCEKIT_TTL` in milliseconds; the variable holds whole seconds. A wrong value adds a problem. */
export function ttlFrom(env: Environment, problems: string[]): number | undefined {
  const given = env[ENVIRONMENT.ttl]
  if (given === undefined) return undefined
  const seconds = /^\d+$/.test(given) ? Number(given) : Number.NaN
  if (fits(seconds, TTL_RULE)) return seconds * 1_000
  problems.push(problem(`Environment variable ${ENVIRONMENT.ttl} (seconds)`, given, TTL_RULE))
  return undefined
}

function textFrom(env: Environment, name: string, option: string, rule: Rule, problems: string[]): string {
  const given = env[name]
  if (given === undefined) problems.push(`Option ${option} is missing. Give it, or set ${name}.`)
  else if (!fits(given, rule)) problems.push(problem(`Environment variable ${name}`, given, rule))
  return given ?? ''
}
