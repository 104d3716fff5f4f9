import { ENVIRONMENT, FUNCTION_NAME_VARIABLE } from '../protocol/names.ts'
import { parseDuration } from './durations.ts'
import { render } from './render.ts'
import { NAMESPACE_RULE, type Rule, TABLE_RULE } from './rules.ts'

/** The environment variables of a process, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** `ONCEKIT_TABLE`. A wrong value, or none, adds a problem. */
export function tableFrom(env: Environment, problems: string[]): string | undefined {
  if (env[ENVIRONMENT.table] === undefined)
    problems.push(`No table is given. Give option "table" or "store", or set ${ENVIRONMENT.table}.`)
  return textFrom(env, ENVIRONMENT.table, TABLE_RULE, problems)
}

/** `ONCEKIT_NAMESPACE`, else `AWS_LAMBDA_FUNCTION_NAME`. A wrong value, or none, adds a problem. */
export function namespaceFrom(env: Environment, problems: string[]): string | undefined {
  const name = env[ENVIRONMENT.namespace] === undefined ? FUNCTION_NAME_VARIABLE : ENVIRONMENT.namespace
  if (env[name] === undefined)
    problems.push(
      `No namespace is given. Give option "namespace", or set ${ENVIRONMENT.namespace}; only in Lambda the function's name is there to take its place.`,
    )
  return textFrom(env, name, NAMESPACE_RULE, problems)
}

/** `ONCEKIT_TTL` in milliseconds; the variable holds whole seconds. A wrong value adds a problem and counts as not given. */
export function ttlFrom(env: Environment, problems: string[]): number | undefined {
  const given = env[ENVIRONMENT.ttl]
  if (given === undefined) return undefined
  const ttlMs = /^\d+$/.test(given) ? parseDuration(Number(given)) : undefined
  if (ttlMs === undefined)
    problems.push(
      wrong(ENVIRONMENT.ttl, given, 'whole seconds, more than 0, at most ten years, such as 1209600'),
    )
  return ttlMs
}

function textFrom(
  env: Environment,
  name: string,
  rule: Rule & { kind: 'text' },
  problems: string[],
): string | undefined {
  const given = env[name]
  if (given === undefined || rule.pattern.test(given)) return given
  problems.push(wrong(name, given, rule.allowed))
  return undefined
}

function wrong(name: string, given: string, allowed: string): string {
  return `Environment variable ${name} is ${render(given)}. Allowed: ${allowed}.`
}
