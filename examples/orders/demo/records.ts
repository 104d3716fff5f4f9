import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb'
import { deriveId } from '../../../src/protocol/key.ts'
import { TABLE_KEY } from '../../../src/protocol/names.ts'
import type { DemoServers } from './servers.ts'
import { FUNCTION_NAME } from './settings.ts'

/** Most keys of one BatchGetItem. */
const KEYS = 100

/** Id of an order's record. */
export function recordId(orderId: string): string {
  const id = deriveId(FUNCTION_NAME, orderId)
  if (typeof id !== 'string')
    throw new TypeError(`Order id ${JSON.stringify(orderId)} makes no key: ${id.missing}.`)
  return id
}

/** Order id → status of its record, `absent` where there is none; read past the proxy. */
export async function readStatuses(
  { dynamodb, table }: Pick<DemoServers, 'dynamodb' | 'table'>,
  orderIds: readonly string[],
): Promise<Map<string, string>> {
  const statuses = new Map(orderIds.map((orderId) => [orderId, 'absent']))
  const orderOf = new Map(orderIds.map((orderId) => [recordId(orderId), orderId]))
  const ids = [...orderOf.keys()]
  for (let start = 0; start < ids.length; start += KEYS) {
    const Keys = ids.slice(start, start + KEYS).map((id) => ({ [TABLE_KEY]: { S: id } }))
    const { Responses } = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    )
    for (const { [TABLE_KEY]: id, status } of Responses?.[table] ?? []) {
      const orderId = orderOf.get(id?.S ?? '')
      if (orderId !== undefined) statuses.set(orderId, status?.S ?? '')
    }
  }
  return statuses
}
