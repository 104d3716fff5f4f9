import type { Batch } from '../engine/batch.ts'

interface HookRequest {
  readonly event: unknown
  readonly context: unknown
}

/**
 * Finds the batch of an invocation from the middleware's hooks, which share Middy's request, and from the handler,
 * which gets the event and the context only. Keyed by these objects, so that interleaved invocations never mix; by each
 * of them, because another middleware may have replaced the event or its records.
 */
const batches = new WeakMap<object, Batch>()

export function rememberBatch(batch: Batch, request: HookRequest): void {
  for (const key of keysOf(request.event, request.context)) batches.set(key, batch)
  batches.set(request, batch)
}

/** The batch of a hook's request. */
export function batchOf(request: HookRequest): Batch | undefined {
  return batches.get(request)
}

/** The batch of what a handler was given. */
export function findBatch(event: unknown, context: unknown): Batch | undefined {
  for (const key of keysOf(event, context)) {
    const batch = batches.get(key)
    if (batch !== undefined) return batch
  }
  return undefined
}

function keysOf(event: unknown, context: unknown): readonly object[] {
  const records = isObject(event) && 'Records' in event ? event.Records : undefined
  // The context last: outside Lambda several invocations may share one.
  return [event, records, context].filter(isObject)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
