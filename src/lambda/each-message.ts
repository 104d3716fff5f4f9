import { NOTHING_LEFT } from '../engine/claims.ts'
import type { InvocationContext } from '../engine/invocation.ts'
import { runBatch } from '../engine/run-batch.ts'
import { ConfigError } from '../errors/config-error.ts'
import type { SqsBatchEvent } from './batch-event.ts'
import { findBatch } from './batches.ts'
import type { SqsBatchResponse } from './partial-response.ts'
import { respond } from './session.ts'
import type { MessageHandler } from './sqs-handler.ts'

/** The handler of a batch that `eachMessage(fn)` makes. */
export type EachMessageHandler<Body, Envelope = unknown> = (
  event: SqsBatchEvent<Body, Envelope>,
  context: InvocationContext,
) => Promise<SqsBatchResponse>

/**
 * Turns a function for one message into the handler of a batch, under `idempotentBatch`: concurrency, FIFO order,
 * the deadline and settling each message as soon as it is done are the engine's.
 *
 * Middy's `handler()` gives a function that is made by a call no type to infer from. So either name the body,
 * `eachMessage((message: Message<Order>) => …)`, which is then checked against the schema; or let it flow from the
 * event: `.handler((event) => eachMessage(event, (message) => …))`.
 *
 * @throws ConfigError at the first invocation when `idempotentBatch` is not used
 */
export function eachMessage<Body, Envelope = unknown>(
  fn: MessageHandler<Body, Envelope>,
): EachMessageHandler<Body, Envelope>
export function eachMessage<Body, Envelope = unknown>(
  event: SqsBatchEvent<Body, Envelope>,
  fn: MessageHandler<Body, Envelope>,
): Promise<SqsBatchResponse>
export function eachMessage<Body, Envelope = unknown>(
  first: MessageHandler<Body, Envelope> | SqsBatchEvent<Body, Envelope>,
  fn?: MessageHandler<Body, Envelope>,
): EachMessageHandler<Body, Envelope> | Promise<SqsBatchResponse> {
  if (typeof first !== 'function') {
    if (typeof fn !== 'function')
      throw new ConfigError('eachMessage(event, fn) needs the function of one message.')
    return runEach(first, undefined, fn)
  }
  return function oncekitEachMessage(event, context) {
    return runEach(event, context, first)
  }
}

async function runEach<Body, Envelope>(
  event: unknown,
  context: unknown,
  fn: MessageHandler<Body, Envelope>,
): Promise<SqsBatchResponse> {
  const batch = findBatch(event, context)
  if (batch === undefined) {
    throw new ConfigError(
      'eachMessage found no batch: put `.use(idempotentBatch({ … }))` on the same Middy handler, after middlewares that replace the event. Without Middy use sqsHandler.',
    )
  }
  if (batch.started) {
    throw new ConfigError(
      'eachMessage was called twice for one batch; its messages would run twice. Call it once.',
    )
  }
  if (batch.answered) {
    throw new ConfigError(
      'eachMessage was called after its batch was answered, by an error or an early timeout. Nothing is run: the messages come back.',
    )
  }
  // All claimed already, by the middleware: there is nothing left to ask for.
  await runBatch(batch, NOTHING_LEFT, fn)
  return respond(batch)
}
