import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { LocalMessage } from './messages.ts'

const SQS_BATCH_LIMIT = 10

/**
 * Sends messages in their order; returns message id → message. On a FIFO queue a customer's orders are one group, what
 * is no order is a group of its own, and every message has its own deduplication id: deduplicating is not SQS's part here.
 * @throws when the queue refuses a message.
 */
export async function sendAll(
  client: SQSClient,
  queueUrl: string,
  messages: readonly LocalMessage[],
): Promise<Map<string, LocalMessage>> {
  const fifo = queueUrl.endsWith('.fifo')
  const sent = new Map<string, LocalMessage>()
  for (let start = 0; start < messages.length; start += SQS_BATCH_LIMIT) {
    const chunk = messages.slice(start, start + SQS_BATCH_LIMIT)
    const Entries = chunk.map(({ body, order }, index) => ({
      Id: String(index),
      MessageBody: body,
      ...(fifo
        ? {
            MessageGroupId: order?.customer.id ?? `invalid-${start + index}`,
            MessageDeduplicationId: String(start + index),
          }
        : {}),
    }))
    const { Successful = [], Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
    )
    if (Failed.length > 0)
      throw new Error(`The queue refused ${Failed.length} messages: ${Failed[0]?.Message}.`)
    for (const { Id, MessageId } of Successful) {
      const message = chunk[Number(Id)]
      if (message && MessageId) sent.set(MessageId, message)
    }
  }
  return sent
}
