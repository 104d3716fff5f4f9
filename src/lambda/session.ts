import { type Batch, openBatch } from '../engine/batch.ts'
import { claimBatch } from '../engine/claim-batch.ts'
import { beginInvocation, type InvocationContext } from '../engine/invocation.ts'
import type { Settings } from '../options/settings.ts'
import type { RecordStore } from '../store/contract.ts'
import { keyRecords } from './entries.ts'
import { partialResponse, type SqsBatchResponse } from './partial-response.ts'
import { isFifo, recordsOf } from './sqs-event.ts'

/**
 * Reads the event and claims its messages: the batch of one invocation, on its way to an answer.
 * @throws ConfigError for something that is no SQS event; StoreMisconfiguredError
 */
export async function claimEvent(
  settings: Settings,
  store: RecordStore,
  event: unknown,
  context: InvocationContext | undefined,
): Promise<Batch> {
  const invocation = beginInvocation(settings.runtime, context, settings.deadlineReserveMs)
  const records = recordsOf(event)
  const batch = openBatch(settings, store, invocation, isFifo(records))
  await keyRecords(batch, records)
  await claimBatch(batch)
  return batch
}

/** The partial batch response of what has been settled so far: the same answer every time, in a fresh object. */
export async function respond(batch: Batch): Promise<SqsBatchResponse> {
  return partialResponse(await batch.answer())
}
