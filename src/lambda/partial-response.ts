import type { Batch } from '../engine/batch.ts'

/**
 * Lambda's partial batch response: what is named comes back to the queue, the rest is deleted.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export interface SqsBatchResponse {
  batchItemFailures: { itemIdentifier: string }[]
}

/** A fresh object every time: another middleware may change what it is given. */
export function partialResponse(messageIds: readonly string[]): SqsBatchResponse {
  return { batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })) }
}

/**
 * The answer of a batch merged with another one to the same event: whatever either does not acknowledge is named, once.
 * To report more is always safe. On a FIFO queue what stands behind such a record in its group is named too, and an
 * answer that cannot be read, or names a message that is not of this event, is one that acknowledges nothing.
 */
export function mergedResponse(
  batch: Batch,
  unacknowledged: readonly string[],
  given: unknown,
): SqsBatchResponse {
  const theirs = identifiersOf(given)
  const known = new Set(batch.entries.map(({ messageId }) => messageId))
  const all = theirs === undefined || theirs.some((id) => !known.has(id))
  const named = new Set(unacknowledged)
  if (!all) for (const id of theirs) named.add(id)
  const held = new Set<string | undefined>()
  const failures = new Set<string>()
  for (const { messageId, lane } of batch.entries) {
    if (!all && !named.has(messageId) && !(batch.fifo && held.has(lane))) continue
    held.add(lane)
    failures.add(messageId)
  }
  return partialResponse([...failures])
}

/** The message ids that a response names, as Lambda reads it; `undefined`: it cannot be read. */
export function identifiersOf(response: unknown): string[] | undefined {
  const { batchItemFailures }: { batchItemFailures?: unknown } = Object(response)
  if (batchItemFailures === undefined || batchItemFailures === null) return []
  if (!Array.isArray(batchItemFailures)) return undefined
  const ids: unknown[] = batchItemFailures.map((failure) => Object(failure).itemIdentifier)
  return ids.every((id) => typeof id === 'string' && id !== '') ? (ids as string[]) : undefined
}
