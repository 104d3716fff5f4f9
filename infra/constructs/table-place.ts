import { Token } from 'aws-cdk-lib'
import { CfnGlobalTable, CfnTable } from 'aws-cdk-lib/aws-dynamodb'
import type { AnyTable } from './table-facts.ts'

/** Where something is: account and Region, either of them perhaps a token. */
export interface Place {
  readonly account: string
  readonly region: string
}

/**
 * Where a table is. An imported one says that it is in the stack that imports it; its ARN knows better. `undefined` if
 * the ARN is one token as a whole.
 */
export function placeOf(table: AnyTable): Place | undefined {
  const resource = table.node.defaultChild
  if (resource instanceof CfnTable || resource instanceof CfnGlobalTable) return table.env
  const [, , , region, account] = table.tableArn.split(':')
  return region === undefined || account === undefined ? undefined : { account, region }
}

/** Of two accounts or Regions: whether both are known and not the same. */
export function areDifferent(one: string, other: string): boolean {
  return one !== other && !Token.isUnresolved(one) && !Token.isUnresolved(other)
}
