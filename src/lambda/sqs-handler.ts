import type { Claim } from '../engine/claim-handle.ts'
import { openClaims } from '../engine/claims.ts'
import type { InvocationContext } from '../engine/invocation.ts'
import { runBatch } from '../engine/run-batch.ts'
import { ConfigError } from '../errors/config-error.ts'
import { render } from '../errors/render.ts'
import type { BodyOf, Options } from '../options/options.ts'
import type { StandardSchemaV1 } from '../options/standard-schema.ts'
import type { EnvelopeOf, EnvelopeOption } from '../protocol/envelopes.ts'
import type { Message } from '../protocol/message.ts'
import { prepareFunction } from './function.ts'
import type { SqsBatchResponse } from './partial-response.ts'
import { tellComingBack } from './returned.ts'
import { fail, readEvent, respond } from './session.ts'
import type { SqsEvent } from './sqs-event.ts'

/** Handles one message. What it returns is its result; what it throws fails this message alone. */
export type MessageHandler<Body, Envelope = unknown> = (
  message: Message<Body, Envelope>,
  claim: Claim,
) => unknown

/** A Lambda handler for an SQS event source mapping with `ReportBatchItemFailures`. */
export type SqsBatchHandler = (event: SqsEvent, context: InvocationContext) => Promise<SqsBatchResponse>

/**
 * A Lambda handler that runs `fn` for each message of an SQS batch, once per deduplication window: `idempotentBatch`
 * and `eachMessage` in one call, without Middy.
 *
 * The event source mapping must have `ReportBatchItemFailures`; without it Lambda deletes what is reported as failed.
 *
 * @throws ConfigError at once when an option is wrong
 */
export function sqsHandler<
  Schema extends StandardSchemaV1 | undefined = undefined,
  Envelope extends EnvelopeOption | undefined = EnvelopeOption | undefined,
>(
  options: Options<Schema, Envelope>,
  fn: MessageHandler<BodyOf<Schema>, EnvelopeOf<Envelope>>,
): SqsBatchHandler {
  const { settings, store, used } = prepareFunction(options, { name: 'sqsHandler', maker: sqsHandler, fn })
  if (typeof fn !== 'function') {
    throw new ConfigError(`sqsHandler(options, fn) needs the function of one message, got ${render(fn)}.`)
  }
  return async function oncekitSqsHandler(event, context) {
    used()
    const batch = await readEvent(settings, store, event, context)
    try {
      await runBatch(batch, openClaims(batch), fn)
    } catch (error) {
      return fail(batch, error)
    }
    const response = await respond(batch)
    tellComingBack(batch)
    return response
  }
}
