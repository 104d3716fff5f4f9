import { render } from '../errors/render.ts'
import { ENVIRONMENT } from '../protocol/names.ts'
import { parseDuration } from './durations.ts'
import type { Environment } from './environment.ts'

/**
 * A sentence for each option that says something else than the environment variable in its place: whoever deploys the
 * table and its window means them to count. Not the namespace: several functions in one process need one each.
 */
export function disagreements(
  { table, ttl }: { readonly table?: unknown; readonly ttl?: unknown },
  env: Environment,
): string[] {
  const found: string[] = []
  compare('table', table, ENVIRONMENT.table, namesSameTable)
  compare('ttl', ttl, ENVIRONMENT.ttl, (a, b) => parseDuration(a) === parseDuration(Number(b)))
  return found

  function compare(
    option: string,
    given: unknown,
    variable: string,
    same: (given: unknown, inEnvironment: string) => boolean,
  ): void {
    const value = env[variable]
    if (given === undefined || !value || same(given, value)) return
    found.push(
      `Option "${option}" is ${render(given)}, and the environment's ${variable} is ${render(value)}: the option counts. Make them agree, or leave the option out where the stack sets the variable.`,
    )
  }
}

/** By name or by ARN. */
function namesSameTable(a: unknown, b: string): boolean {
  return a === b || String(a).endsWith(`:table/${b}`) || b.endsWith(`:table/${a}`)
}
