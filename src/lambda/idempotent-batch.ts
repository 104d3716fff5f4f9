import type { Batch } from '../engine/batch.ts'
import type { InvocationContext } from '../engine/invocation.ts'
import { settleAll } from '../engine/settle-all.ts'
import { ConfigError } from '../errors/config-error.ts'
import type { BodyOf, Options } from '../options/options.ts'
import { render } from '../options/render.ts'
import type { StandardSchemaV1 } from '../options/standard-schema.ts'
import type { SqsBatchEvent } from './batch-event.ts'
import { batchOf, rememberBatch } from './batches.ts'
import { prepareFunction } from './function.ts'
import { claimEvent, respond } from './session.ts'

/** What the hooks use of Middy's request. */
export interface BatchRequest<Body> {
  event: SqsBatchEvent<Body>
  context: InvocationContext
  response?: unknown
  earlyResponse?: unknown
}

/** The middleware: Middy 6 and 7. */
export interface IdempotentBatchMiddleware<Body> {
  before(request: BatchRequest<Body>): Promise<void>
  after(request: BatchRequest<Body>): Promise<void>
  onError(request: BatchRequest<Body>): Promise<void>
}

/**
 * Middy middleware for SQS batches: claims before the handler, settles after it, answers with partial batch failures.
 * Under it goes `eachMessage(fn)`, or a handler of the whole batch that returns `PromiseSettledResult[]`, one for each
 * of `event.Records`: it sees the claimed records only.
 *
 * Put it last, next to the handler. A middleware that throws after it leaves the claims leased until this invocation
 * would have ended, because nobody can tell whether the handler still runs; the messages come back and run then. One
 * that stands after it and answers early, or whose `onError` returns a response, decides the answer itself: Lambda
 * deletes what that answer does not report.
 *
 * @throws ConfigError at once when an option is wrong
 */
export function idempotentBatch<Schema extends StandardSchemaV1 | undefined = undefined>(
  options: Options<Schema>,
): IdempotentBatchMiddleware<BodyOf<Schema>> {
  const { settings, store } = prepareFunction(options)

  return {
    async before(request) {
      const batch = await claimEvent(settings, store, request.event, request.context)
      rememberBatch(batch, request)
      const { runnable, entries } = batch
      if (runnable.length === 0) {
        // Set, not returned: Middy takes a returned value for an early response only if it is not undefined.
        request.earlyResponse = await respond(batch)
        return
      }
      if (runnable.length === entries.length) return
      const claimed = new Set<unknown>(runnable.map((entry) => entry.message.record))
      request.event = {
        ...request.event,
        Records: request.event.Records.filter((record) => claimed.has(record)),
      }
      rememberBatch(batch, request)
    },

    async after(request) {
      const batch = batchOf(request)
      if (batch === undefined) return
      // `eachMessage` has settled already: its answer counts, whatever became of the response since.
      if (!batch.answered) await settleResults(batch, request.response)
      request.response = await respond(batch)
    },

    async onError(request) {
      // A throw is no settlement: Middy's early timeout comes this way while the handler runs on. Nothing is released
      // and nothing acknowledged; the error goes on, and the whole batch returns.
      const batch = batchOf(request)
      if (batch === undefined || batch.answered) return
      // A handler of the whole batch was given them all.
      if (!batch.started) for (const entry of batch.runnable) entry.soFar = 'unsettled'
      batch.stop()
      await batch.answer()
    },
  }
}

/** Settles a whole batch by what its handler returned for each record. */
async function settleResults(batch: Batch, results: unknown): Promise<void> {
  const { runnable } = batch
  const wrong = wrongResults(results, runnable.length)
  if (wrong !== undefined) {
    throw new ConfigError(
      `The handler under idempotentBatch must return one PromiseSettledResult for each of its ${runnable.length} records (\`Promise.allSettled(event.Records.map(…))\`), got ${wrong}. Nothing is acknowledged. For a function of one message use eachMessage.`,
    )
  }
  // Looked at one by one just above.
  await settleAll(batch, results as readonly PromiseSettledResult<unknown>[])
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
