import { type Batch, openBatch } from '../engine/batch.ts'
import { giveBack } from '../engine/give-back.ts'
import { beginInvocation, type InvocationContext } from '../engine/invocation.ts'
import { isOncekitError } from '../errors/is-oncekit-error.ts'
import type { Settings } from '../options/settings.ts'
import type { RecordStore } from '../store/contract.ts'
import { keyRecords } from './entries.ts'
import { partialResponse, type SqsBatchResponse } from './partial-response.ts'
import { isFifo, recordsOf } from './sqs-event.ts'

/**
 * Reads the event and keys its messages: the batch of one invocation, nothing claimed yet.
 * @throws ConfigError for something that is no SQS event
 */
export async function readEvent(
  settings: Settings,
  store: RecordStore,
  event: unknown,
  context: InvocationContext | undefined,
): Promise<Batch> {
  const invocation = beginInvocation(settings.runtime, context, settings.deadlineReserveMs)
  const records = recordsOf(event)
  const batch = openBatch(settings, store, invocation, isFifo(records))
  if (invocation.problem) batch.notice('context', undefined, { detail: invocation.problem })
  await keyRecords(batch, records)
  return batch
}

/**
 * Answers after a failure that returns the whole batch: nothing is acknowledged, what was claimed and not started is
 * given back, and no request of ours is under way any more when the error leaves.
 */
export async function fail(batch: Batch, error: unknown): Promise<never> {
  if (isOncekitError(error, 'STORE_MISCONFIGURED')) batch.notice('store-refused', undefined, { error })
  giveBack(batch, [...batch.held])
  await batch.answer()
  throw error
}

/** The partial batch response of what has been settled so far: the same answer every time, in a fresh object. */
export async function respond(batch: Batch): Promise<SqsBatchResponse> {
  return partialResponse(await batch.answer())
}
