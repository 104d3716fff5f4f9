import type { Batch } from '../engine/batch.ts'
import { mergedResponse } from './partial-response.ts'
import { tellReturned } from './returned.ts'

interface Answered {
  response?: unknown
  earlyResponse?: unknown
  error?: unknown
}

/**
 * Watches the `response` of Middy's request, which any middleware may set, ours having had its turn or not: whatever
 * answer leaves names all that this batch does not acknowledge, for Lambda deletes the rest. Until the batch is answered,
 * or an error is on its way, the response is the handler's own affair.
 */
export function guardResponse(request: Answered, batch: Batch): void {
  let value = request.response
  Object.defineProperty(request, 'response', {
    configurable: true,
    enumerable: true,
    get: () => (leaves(value) ? merged(value) : value),
    set: (given: unknown) => {
      value = given
    },
  })

  function leaves(given: unknown): boolean {
    // On its way out by an error: without a response the error itself returns the whole batch. An array is what others
    // work with before they make an answer of it.
    if (request.error !== undefined) return given !== undefined && !Array.isArray(given)
    // An early response ends the chain: nobody else is asked.
    return batch.answered || Object.hasOwn(request, 'earlyResponse')
  }

  function merged(given: unknown): unknown {
    // Nobody else may have said so yet: whoever answers here ends the batch.
    if (!batch.answered) abandon(batch)
    const unacknowledged = batch.close()
    const leaving = mergedResponse(batch, unacknowledged, given)
    // Where an error is on its way it is told for what it is.
    if (request.error === undefined) tellReturned(batch, unacknowledged, leaving)
    return { ...Object(given), ...leaving }
  }
}

/** Ends a batch whose handler may run on: nothing is released, nothing acknowledged that is not confirmed. */
export function abandon(batch: Batch): void {
  // A handler of the whole batch was given them all.
  if (!batch.started) for (const entry of batch.held) entry.soFar = 'unsettled'
  batch.stop()
  batch.close()
}
