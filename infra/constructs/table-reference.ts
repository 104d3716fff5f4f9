import { Annotations } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { adviceId } from '../invariants/report.ts'
import { RUNTIME_ACTIONS } from './grants.ts'
import type { AnyTable } from './table-facts.ts'
import { areDifferent, type Place, placeOf } from './table-place.ts'

/**
 * What a function is told about its table: the bare name where that means the same table to the function, else the ARN.
 * A name is looked up in the function's own account and Region.
 */
export function tableReference(table: AnyTable, user: Place): string {
  const place = placeOf(table)
  // A stack that names neither has the same two tokens everywhere.
  return place?.account === user.account && place.region === user.region ? table.tableName : table.tableArn
}

/** Says what a table of another account or Region needs besides. */
export function adviseOnPlace(owner: Construct, table: AnyTable, user: Place): void {
  const { account, region } = placeOf(table) ?? user
  const notes = Annotations.of(owner)
  if (areDifferent(account, user.account))
    notes.addWarningV2(
      adviceId('table-policy-by-hand'),
      `${owner.node.path} uses a table of account ${account}, its function is in account ${user.account}: what is granted to the role here is one half. Allow the role ${RUNTIME_ACTIONS.join(', ')} in the table's resource policy too, and the use of the table's customer managed key, if it has one, in the key's policy. A table encrypted with the AWS managed key cannot be used from another account. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html`,
    )
  if (areDifferent(region, user.region))
    notes.addWarningV2(
      adviceId('table-region'),
      `${owner.node.path} uses a table in ${region}, its function runs in ${user.region}: every claim and completion crosses Regions, and the handler needs a client of the table's Region. Keep queue, function and table in one Region.`,
    )
}
