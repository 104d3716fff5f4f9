import type { Batch } from '../engine/batch.ts'
import type { Entry } from '../engine/entry.ts'
import { settleAll } from '../engine/settle-all.ts'
import type { Handled } from '../engine/settle-entry.ts'
import { ConfigError } from '../errors/config-error.ts'
import { render } from '../errors/render.ts'
import type { SqsRecord } from '../protocol/sqs-record.ts'
import { identifiersOf } from './partial-response.ts'

/**
 * Settles a whole batch by what its handler returned: a `PromiseSettledResult` for each of its records, in the order in
 * which they now stand in the event, or Lambda's own partial batch response.
 * @throws ConfigError when it is neither, or its records cannot be told apart: nothing is acknowledged
 */
export async function settleResults(
  batch: Batch,
  given: readonly Entry[],
  records: readonly SqsRecord[],
  returned: unknown,
): Promise<void> {
  if (isPartialResponse(returned)) return settleAll(batch, byResponse(given, returned))
  const wrong = wrongResults(returned, given.length)
  if (wrong !== undefined) {
    throw new ConfigError(
      `The handler under idempotentBatch must return one PromiseSettledResult for each of its ${given.length} records (\`Promise.allSettled(event.Records.map(…))\`), got ${wrong}. Nothing is acknowledged. For a function of one message use eachMessage.`,
    )
  }
  // Looked at one by one just above.
  await settleAll(batch, byRecord(given, records, returned as readonly PromiseSettledResult<unknown>[]))
}

/** Results belong to records, wherever a handler has moved them: by identity, else by message id. */
function byRecord(
  given: readonly Entry[],
  records: readonly SqsRecord[],
  results: readonly PromiseSettledResult<unknown>[],
): Map<Entry, Handled> {
  const handled = new Map<Entry, Handled>()
  const entries = new Map<unknown, Entry>()
  for (const entry of given) {
    entries.set(entry.messageId, entry)
    entries.set(entry.message.record, entry)
  }
  for (const [index, result] of results.entries()) {
    const record = records[index]
    const entry = entries.get(record) ?? entries.get(record?.messageId)
    if (entry && !handled.has(entry)) handled.set(entry, result)
  }
  if (handled.size === given.length && records.length === given.length) return handled
  throw new ConfigError(
    `The results of the handler under idempotentBatch cannot be matched with its records: ${given.length} records were handed over, ${handled.size} of them are found in event.Records now. Nothing is acknowledged. Return a result for each record and leave event.Records its records; another order is fine.`,
  )
}

/**
 * What is not named is done. What is named is reported and stays leased: an early timeout answers like this too, while
 * the handler runs on.
 */
function byResponse(given: readonly Entry[], response: object): Map<Entry, Handled> {
  const named = identifiersOf(response)
  const known = new Map(given.map((entry) => [entry.messageId, entry]))
  const unknown = named?.find((id) => !known.has(id))
  if (named === undefined || unknown !== undefined) {
    throw new ConfigError(
      `The handler under idempotentBatch returned batchItemFailures ${named ? `with the identifier ${render(unknown)}, which none of its records has` : 'without an itemIdentifier in each'}. Nothing is acknowledged. Name records by their messageId, or return PromiseSettledResult[].`,
    )
  }
  for (const id of named) {
    const entry = known.get(id)
    if (entry) entry.soFar = 'unsettled'
    known.delete(id)
  }
  return new Map(Array.from(known.values(), (entry) => [entry, { status: 'fulfilled', value: undefined }]))
}

function isPartialResponse(
  returned: unknown,
): returned is { readonly batchItemFailures: readonly unknown[] } {
  return typeof returned === 'object' && returned !== null && 'batchItemFailures' in returned
}

/** What is wrong with a handler's results, if anything is. */
function wrongResults(results: unknown, count: number): string | undefined {
  if (!Array.isArray(results) || results.length !== count) return render(results)
  // By `findIndex`, which does not skip holes.
  const index = results.findIndex((result) => !isSettled(result))
  return index === -1 ? undefined : `${render(results[index])} for record ${index + 1}`
}

function isSettled(result: unknown): result is PromiseSettledResult<unknown> {
  if (typeof result !== 'object' || result === null || !('status' in result)) return false
  return result.status === 'fulfilled' || result.status === 'rejected'
}
