import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import type { LocalQueueEvent } from '../../src/testing/local-queue/events.ts'

/**
 * When a message that its function reported comes back, in seconds. The template's visibility timeout stands for all
 * that run; but it is minutes, and a failing message waits for it `maxReceiveCount` times.
 */
export const BACK_AFTER_SECONDS = 3

/** A listener that brings reported messages of a queue back sooner. Failing to is no harm: they come back by themselves. */
export function bringBack(client: SQSClient, queueUrl: string): (event: LocalQueueEvent) => void {
  const batches = new Map<string, readonly SqsRecord[]>()
  return (event) => {
    if (event.kind === 'batch') batches.set(event.requestId, event.records)
    if (event.kind !== 'response') return
    const records = batches.get(event.requestId) ?? []
    batches.delete(event.requestId)
    const reported = event.outcome.kind === 'returned' ? reportedIn(event.outcome.payload) : undefined
    const back = records.filter(({ messageId }) => reported === undefined || reported.has(messageId))
    if (back.length === 0) return
    const Entries = back.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: BACK_AFTER_SECONDS,
    }))
    client
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }))
      .catch(() => undefined)
  }
}

/** Identifiers in a partial batch response; `undefined` when it is none, so that all count as failed. */
function reportedIn(payload: string): ReadonlySet<string> | undefined {
  const response: unknown = JSON.parse(payload)
  if (typeof response !== 'object' || response === null || !('batchItemFailures' in response))
    return undefined
  const { batchItemFailures } = response
  if (!Array.isArray(batchItemFailures)) return undefined
  return new Set(
    batchItemFailures.map(({ itemIdentifier }: { itemIdentifier: unknown }) => String(itemIdentifier)),
  )
}
