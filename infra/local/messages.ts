import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Order } from '../../examples/orders/order.ts'
import { ROOT } from '../app/ensure-built.ts'

/** One message to send. */
export interface LocalMessage {
  readonly body: string
  /** `undefined` when the body is no valid order. */
  readonly order: Order | undefined
}

/** The example's messages: orders, some of them twice, and some that are none. */
export async function exampleMessages(limit: number): Promise<readonly LocalMessage[]> {
  const text = await readFile(join(ROOT, 'examples', 'orders', 'orders.ndjson'), 'utf8')
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.slice(0, limit).map((body) => ({ body, order: orderOf(body) }))
}

function orderOf(body: string): Order | undefined {
  try {
    return Order.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
