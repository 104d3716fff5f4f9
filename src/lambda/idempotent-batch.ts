import type { Batch } from '../engine/batch.ts'
import { claimAll, openClaims } from '../engine/claims.ts'
import type { Entry } from '../engine/entry.ts'
import { giveBack } from '../engine/give-back.ts'
import { handOver } from '../engine/hand-over.ts'
import type { InvocationContext } from '../engine/invocation.ts'
import { ConfigError } from '../errors/config-error.ts'
import { failureName } from '../observe/failure-name.ts'
import type { BodyOf, Options } from '../options/options.ts'
import type { StandardSchemaV1 } from '../options/standard-schema.ts'
import type { EnvelopeOf, EnvelopeOption } from '../protocol/envelopes.ts'
import type { SqsBatchEvent } from './batch-event.ts'
import { batchOf, rememberBatch } from './batches.ts'
import { prepareFunction } from './function.ts'
import { abandon, guardResponse } from './guard-response.ts'
import { mergedResponse, partialResponse, type SqsBatchResponse } from './partial-response.ts'
import { cleanUpPowertools } from './powertools-cleanup.ts'
import { fail, readEvent, respond } from './session.ts'
import { settleResults } from './settle-results.ts'

/** What the hooks use of Middy's request. */
export interface BatchRequest<Body, Envelope = unknown> {
  event: SqsBatchEvent<Body, Envelope>
  context: InvocationContext
  response?: unknown
  earlyResponse?: unknown
  error?: unknown
  internal?: unknown
}

/** The middleware: Middy 6 and 7. */
export interface IdempotentBatchMiddleware<Body, Envelope = unknown> {
  before(request: BatchRequest<Body, Envelope>): Promise<SqsBatchResponse | undefined>
  after(request: BatchRequest<Body, Envelope>): Promise<void>
  onError(request: BatchRequest<Body, Envelope>): Promise<void>
}

/** What was handed over: the events before and after, and the messages in it. */
interface HandedOver<Body, Envelope> {
  readonly whole: SqsBatchEvent<Body, Envelope>
  readonly narrowed: SqsBatchEvent<Body, Envelope>
  readonly entries: readonly Entry[]
}

/**
 * Middy middleware for SQS batches: claims before the handler, settles after it, answers with partial batch failures.
 * Under it goes `eachMessage(fn)`, or a handler of the whole batch that returns `PromiseSettledResult[]`, one for each
 * of `event.Records`: it sees the claimed records only.
 *
 * Whichever middleware answers, what this batch does not acknowledge is named in the answer that leaves. A middleware
 * that throws between this one and the handler leaves the claims leased until this invocation would have ended, because
 * nobody can tell whether the handler runs; the messages come back and run then.
 *
 * @throws ConfigError at once when an option is wrong
 */
export function idempotentBatch<
  Schema extends StandardSchemaV1 | undefined = undefined,
  Envelope extends EnvelopeOption | undefined = EnvelopeOption | undefined,
>(options: Options<Schema, Envelope>): IdempotentBatchMiddleware<BodyOf<Schema>, EnvelopeOf<Envelope>> {
  const { settings, store, used } = prepareFunction(options, {
    name: 'idempotentBatch',
    maker: idempotentBatch,
  })
  const handedOver = new WeakMap<object, HandedOver<BodyOf<Schema>, EnvelopeOf<Envelope>>>()

  return {
    async before(request) {
      const first = batchOf(request)
      if (first !== undefined) {
        // No handler was called yet.
        giveBack(first, [...first.held])
        throw new ConfigError(
          'idempotentBatch is used twice on one Middy handler: the second would claim what the first has claimed. Use it once.',
        )
      }
      used()
      const { event } = request
      const batch = await readEvent(settings, store, event, request.context)
      try {
        await claimAll(batch, openClaims(batch))
      } catch (error) {
        return fail(batch, error)
      }
      const entries = handOver(batch)
      // Returned, not set: every Middy takes a returned value for an early response.
      if (entries.length === 0) {
        await cleanUpPowertools(request, settings)
        return respond(batch)
      }
      rememberBatch(batch, request)
      guardResponse(request, batch)
      if (entries.length < batch.entries.length) {
        const records = new Set<unknown>(entries.map((entry) => entry.message.record))
        request.event = { ...event, Records: event.Records.filter((record) => records.has(record)) }
        rememberBatch(batch, request)
      }
      handedOver.set(request, { whole: event, narrowed: request.event, entries })
      return undefined
    },

    async after(request) {
      const batch = batchOf(request)
      const given = handedOver.get(request)
      if (batch === undefined || given === undefined) return
      if (batch.started && !batch.answered) {
        throw new ConfigError(
          'eachMessage was not awaited, or an early timeout answered for it: there is a response while its messages run. Return or await what eachMessage returns, and leave timeoutEarlyResponse out. Nothing is acknowledged.',
        )
      }
      const { response } = request
      const { Records: records } = request.event
      putBack(request, given)
      // `eachMessage` has settled already: its answer counts, and what others have added to it.
      if (!batch.answered) {
        await settleResults(batch, given.entries, records, response)
        request.response = partialResponse(await batch.answer())
      } else request.response = mergedResponse(batch, await batch.answer(), response)
    },

    async onError(request) {
      // A throw is no settlement: Middy's early timeout comes this way while the handler runs on. Nothing is released
      // and nothing acknowledged; the error goes on, and the whole batch returns.
      const batch = batchOf(request)
      const given = handedOver.get(request)
      if (batch === undefined || given === undefined) return
      putBack(request, given)
      if (!batch.answered) {
        if (isTooEarly(batch, request.error)) {
          settings.log(
            'warn',
            "Middy's early timeout ended the batch before its time was over: all of it returns, what runs is told to stop. Leave timeoutEarlyInMillis out, or below deadlineReserveMs: what is not done by then is reported without it.",
            { namespace: settings.namespace },
          )
        }
        abandon(batch)
      } else {
        const failure = failureName(request.error)
        settings.log(
          'warn',
          'A middleware failed after the batch was answered: all of it returns, finished work is skipped then. Drop @middy/sqs-partial-batch-failure where it is used: idempotentBatch answers itself.',
          { failure, namespace: settings.namespace },
        )
      }
      await batch.answer()
    },
  }
}

/** Middlewares that come after answer from `event.Records`: from all of them. */
function putBack<Body, Envelope>(
  request: BatchRequest<Body, Envelope>,
  { whole, narrowed }: HandedOver<Body, Envelope>,
): void {
  if (request.event === narrowed) request.event = whole
}

/** Whether Middy's own timer came before this batch would have stopped. Its error has that name, and its default one says who made it. */
function isTooEarly({ started, invocation, settings }: Batch, error: unknown): boolean {
  const { name, cause } = Object(error)
  const isMiddys = name === 'TimeoutError' && Object(cause).package === '@middy/core'
  return started && isMiddys && settings.runtime.monotonic() < invocation.stopAt
}
