import { CfnResource, CustomResource, Stack, Token } from 'aws-cdk-lib'
import { CfnGlobalTable, CfnTable, type ITable, type Table, type TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { isTable, TABLE_KEY, TTL_ATTRIBUTE } from '../../src/protocol/names.ts'
import type { Finding } from '../invariants/check.ts'
import { PAGES } from '../invariants/pages.ts'

/** Any table. (`Table` and `TableV2` are no `ITable` to a compiler with `exactOptionalPropertyTypes`.) */
export type AnyTable = ITable | Table | TableV2

/** What is wrong with an existing table, as far as it can be seen; of an imported one little more than its ARN. */
export function tableFindings(table: AnyTable): readonly Finding[] {
  const resource = table.node.defaultChild
  if (!(resource instanceof CfnTable || resource instanceof CfnGlobalTable)) return arnFindings(table)
  const stack = Stack.of(resource)
  const strong =
    resource instanceof CfnGlobalTable && stack.resolve(resource.multiRegionConsistency) === 'STRONG'
  return [
    ...keyFindings(stack.resolve(resource.keySchema), stack.resolve(resource.attributeDefinitions)),
    // Such a table has no time to live; that it is missing is the lesser of its troubles.
    ...(strong ? [STRONG] : timeToLiveFindings(stack.resolve(resource.timeToLiveSpecification))),
    ...(strong ? [] : replicaFindings(table, resource)),
  ]
}

function arnFindings({ tableArn }: AnyTable): readonly Finding[] {
  // A part may be a token: then the rest is not judged either.
  if (Token.isUnresolved(tableArn) || isTable(tableArn)) return []
  return [
    {
      id: 'table-arn',
      severity: 'throw',
      found: `The table's ARN is "${tableArn}".`,
      fix: 'Give the ARN of a table: arn:aws:dynamodb:REGION:ACCOUNT:table/NAME.',
      reason: 'The function would be told of a table that is none, and refuse to start.',
      page: PAGES.keys,
    },
  ]
}

function keyFindings(keys: unknown, attributes: unknown): readonly Finding[] {
  const named = records(keys).map((key) => `${text(key['attributeName'])} (${text(key['keyType'])})`)
  const type = records(attributes).find((attribute) => attribute['attributeName'] === TABLE_KEY)
  if (named.join() === `${TABLE_KEY} (HASH)` && type?.['attributeType'] === 'S') return []
  return [
    {
      id: 'table-key',
      severity: 'throw',
      found: `The table's key is ${named.join(' and ')}.`,
      fix: `Give the table the partition key "${TABLE_KEY}" of type S and no sort key, or let IdempotencyTable make it.`,
      reason: 'Every write of a record would be refused.',
      page: PAGES.keys,
    },
  ]
}

function timeToLiveFindings(timeToLive: unknown): readonly Finding[] {
  const [settings] = records([timeToLive])
  if (settings?.['attributeName'] === TTL_ATTRIBUTE && settings['enabled'] === true) return []
  return [
    {
      id: 'table-time-to-live',
      severity: 'throw',
      found: `The table's time to live ${settings?.['enabled'] === true ? `watches "${text(settings['attributeName'])}"` : 'is off'}.`,
      fix: `Set timeToLiveAttribute to "${TTL_ATTRIBUTE}".`,
      reason: 'No record would ever be deleted: the table grows, and is paid for, for ever.',
      page: PAGES.timeToLive,
    },
  ]
}

const STRONG: Finding = {
  id: 'table-strong-consistency',
  severity: 'throw',
  found: 'The table is a global table of strong consistency (MRSC).',
  fix: 'Take a table of one Region, or let IdempotencyTable make it.',
  reason: 'Such a table has no time to live, so no record would ever be deleted, and no transactions.',
  page: PAGES.globalTables,
}

function replicaFindings(table: AnyTable, resource: CfnTable | CfnGlobalTable): readonly Finding[] {
  const regions = replicaRegions(table, resource)
  if (regions.length === 0) return []
  return [
    {
      id: 'table-replicas',
      severity: 'warn',
      found: `The table is a global table, replicated to ${regions.join(', ')}.`,
      fix: 'Let the functions of each queue run in one Region alone, or take a table of one Region.',
      reason:
        'Each Region judges conditions by its own copy: functions of two Regions would both claim the same message, and both run it.',
      page: PAGES.globalTables,
    },
  ]
}

/** Regions of the replicas beside the table itself. */
function replicaRegions(table: AnyTable, resource: CfnTable | CfnGlobalTable): string[] {
  if (resource instanceof CfnGlobalTable) {
    const stack = Stack.of(resource)
    const own = stack.resolve(stack.region)
    return records(stack.resolve(resource.replicas)).flatMap(({ region }) =>
      JSON.stringify(region) === JSON.stringify(own) ? [] : [text(region)],
    )
  }
  // A Table makes its replicas by custom resources.
  return table.node.findAll().flatMap((node) => {
    if (!(node instanceof CustomResource) || !(node.node.defaultChild instanceof CfnResource)) return []
    const { defaultChild } = node.node
    return defaultChild.cfnResourceType === 'Custom::DynamoDBReplica'
      ? [node.node.id.replace(/^Replica/, '')]
      : []
  })
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return []
  return value.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '?'
}
