import { ConfigError } from '../../src/errors/config-error.ts'
import { ENVIRONMENT } from '../../src/protocol/names.ts'

/** What the function is told through its environment. */
export interface FunctionEnvironment {
  readonly table: string
  readonly namespace: string
  /** Deduplication window in milliseconds. */
  readonly ttlMs: number
}

/** What a function of a construct is told by it, and where that is said. */
const SET_HERE: readonly (readonly [variable: string, property: string])[] = [
  [ENVIRONMENT.table, 'table'],
  [ENVIRONMENT.namespace, 'namespace'],
  [ENVIRONMENT.ttl, 'ttl'],
]

/**
 * Refuses variables that the construct sets itself: they would be written over.
 * @throws {ConfigError}
 */
export function assertOwnEnvironment(path: string, given: Readonly<Record<string, string>> = {}): void {
  const taken = SET_HERE.filter(([variable]) => variable in given)
  if (taken.length === 0) return
  const names = taken.map(([variable]) => variable).join(', ')
  const properties = taken.map(([, property]) => `"${property}"`).join(', ')
  throw new ConfigError(
    `${path} is given ${names} in environment, which it sets itself: say it as ${properties}.`,
  )
}

/** The environment variables that the runtime reads, by the names that it reads. */
export function environmentOf({ table, namespace, ttlMs }: FunctionEnvironment): Record<string, string> {
  return {
    [ENVIRONMENT.table]: table,
    [ENVIRONMENT.namespace]: namespace,
    [ENVIRONMENT.ttl]: String(ttlMs / 1000),
  }
}
