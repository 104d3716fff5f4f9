import { type Claim, type Message, type Options, sqsHandler } from 'oncekit'
import { charge } from './charge.ts'
import { Order } from './order.ts'

// Table, namespace and window come from the environment: ONCEKIT_TABLE, ONCEKIT_NAMESPACE, ONCEKIT_TTL.
export const options = { schema: Order, key: (message) => message.body.orderId } satisfies Options<
  typeof Order
>

export async function chargeOrder(message: Message<Order>, claim: Claim): Promise<void> {
  await charge(message.body, message.messageId, claim)
}

export const handler = sqsHandler(options, chargeOrder)
