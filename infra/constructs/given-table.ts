import { ConfigError } from '../../src/errors/config-error.ts'
import { render } from '../../src/errors/render.ts'
import type { IdempotencyTable } from './idempotency-table.ts'
import type { AnyTable } from './table-facts.ts'

/**
 * Refuses what is no table of CDK, before anything reads it.
 * @throws {ConfigError} that says how a name or an ARN is given.
 */
export function assertTable(path: string, existing: unknown): asserts existing is AnyTable {
  if (has(existing, 'tableArn') && has(existing, 'env')) return
  throw new ConfigError(
    `${path}: existing is ${kindOf(existing)}. Allowed: a table of CDK. A name is given as Table.fromTableName(this, 'Imported', name), an ARN as Table.fromTableArn(this, 'Imported', arn).`,
  )
}

/**
 * Refuses what is no `IdempotencyTable`, before anything reads it.
 * @throws {ConfigError} that says how a plain table becomes one.
 */
export function assertRecords(path: string, table: unknown): asserts table is IdempotencyTable {
  // By what it can do, not by its class: there may be two copies of this package.
  if (has(table, 'reserveNamespace') && has(table, 'grantRuntime')) return
  if (table === undefined)
    throw new ConfigError(
      `${path} has no table. Give "table": an IdempotencyTable, which functions may share.`,
    )
  throw new ConfigError(
    `${path}: table is ${kindOf(table)}. Allowed: an IdempotencyTable. Make one of an existing table: new IdempotencyTable(this, 'Records', { existing: table }).`,
  )
}

function has(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && name in value
}

/** What a value is, for an error. CDK's classes do not go by the names that users know. */
function kindOf(value: unknown): string {
  return has(value, 'tableArn') ? 'a plain table' : render(value)
}
