import type { Batch } from '../batch.ts'

/** What came back from an invocation, as Lambda's event source mapping reads it. */
export type Reading =
  | { readonly kind: 'failures'; readonly ids: ReadonlySet<string> }
  /** Treated as failed as a whole. */
  | { readonly kind: 'malformed'; readonly why: string }

/**
 * Reads a response the way the event source mapping does: an empty or missing list is whole success; an unknown,
 * empty or misnamed identifier makes the whole batch fail.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function readResponse(batch: Batch, response: unknown): Reading {
  if (response === undefined || response === null) return { kind: 'failures', ids: new Set() }
  if (typeof response !== 'object') return { kind: 'malformed', why: `a response of type ${typeof response}` }
  const list = (response as { batchItemFailures?: unknown }).batchItemFailures
  if (list === undefined || list === null) return { kind: 'failures', ids: new Set() }
  if (!Array.isArray(list)) return { kind: 'malformed', why: 'batchItemFailures is not a list' }
  const known = new Set(batch.records.map((record) => record.message.plan.id))
  const ids = new Set<string>()
  for (const entry of list as readonly { itemIdentifier?: unknown }[]) {
    const id = entry?.itemIdentifier
    if (typeof id !== 'string' || !known.has(id)) {
      return { kind: 'malformed', why: `identifier ${JSON.stringify(id)} is not of this event` }
    }
    if (ids.has(id)) return { kind: 'malformed', why: `identifier ${id} comes twice` }
    ids.add(id)
  }
  return { kind: 'failures', ids }
}

/**
 * I9: after the first reported record of a group nothing of that group is acknowledged.
 * @returns the id of a message acknowledged out of order
 */
export function outOfOrder(
  batch: Batch,
  failed: ReadonlySet<string>,
  stops: 'group' | 'batch',
): string | undefined {
  const stopped = new Set<string>()
  for (const { message } of batch.records) {
    const lane = stops === 'batch' ? '' : message.plan.group
    if (failed.has(message.plan.id)) stopped.add(lane)
    else if (stopped.has(lane)) return message.plan.id
  }
  return undefined
}
