import { Stack } from 'aws-cdk-lib'
import { CfnGlobalTable, CfnTable, type ITable, type Table, type TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { TABLE_KEY, TTL_ATTRIBUTE } from '../../src/protocol/names.ts'
import type { Finding } from '../invariants/check.ts'
import { PAGES } from '../invariants/pages.ts'

/** Any table. (`Table` and `TableV2` are no `ITable` to a compiler with `exactOptionalPropertyTypes`.) */
export type AnyTable = ITable | Table | TableV2

/** What is wrong with an existing table, as far as it can be seen; of an imported one nothing can. */
export function tableFindings(table: AnyTable): readonly Finding[] {
  const resource = table.node.defaultChild
  if (!(resource instanceof CfnTable || resource instanceof CfnGlobalTable)) return []
  const findings: Finding[] = []
  const stack = Stack.of(resource)
  const keys: unknown = stack.resolve(resource.keySchema)
  const attributes: unknown = stack.resolve(resource.attributeDefinitions)
  const timeToLive: unknown = stack.resolve(resource.timeToLiveSpecification)
  const named = records(keys).map((key) => `${text(key['attributeName'])} (${text(key['keyType'])})`)
  const type = records(attributes).find((attribute) => attribute['attributeName'] === TABLE_KEY)
  if (named.join() !== `${TABLE_KEY} (HASH)` || type?.['attributeType'] !== 'S')
    findings.push({
      id: 'table-key',
      severity: 'throw',
      found: `The table's key is ${named.join(' and ')}.`,
      fix: `Give the table the partition key "${TABLE_KEY}" of type S and no sort key, or let IdempotencyTable make it.`,
      reason: 'Every write of a record would be refused.',
      page: PAGES.keys,
    })
  const [settings] = records([timeToLive])
  if (settings?.['attributeName'] !== TTL_ATTRIBUTE || settings['enabled'] !== true)
    findings.push({
      id: 'table-time-to-live',
      severity: 'throw',
      found: `The table's time to live ${settings?.['enabled'] === true ? `watches "${text(settings['attributeName'])}"` : 'is off'}.`,
      fix: `Set timeToLiveAttribute to "${TTL_ATTRIBUTE}".`,
      reason: 'No record would ever be deleted: the table grows, and is paid for, for ever.',
      page: PAGES.timeToLive,
    })
  return findings
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return []
  return value.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '?'
}
