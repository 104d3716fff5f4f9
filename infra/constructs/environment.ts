import { ENVIRONMENT } from '../../src/protocol/names.ts'

/** What the function is told through its environment. */
export interface FunctionEnvironment {
  readonly table: string
  readonly namespace: string
  /** Deduplication window in milliseconds. */
  readonly ttlMs: number
}

/** The environment variables that the runtime reads, by the names that it reads. */
export function environmentOf({ table, namespace, ttlMs }: FunctionEnvironment): Record<string, string> {
  return {
    [ENVIRONMENT.table]: table,
    [ENVIRONMENT.namespace]: namespace,
    [ENVIRONMENT.ttl]: String(ttlMs / 1000),
  }
}
