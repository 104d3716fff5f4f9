import { Batch } from '../engine/batch.ts'
import { beginInvocation, type InvocationContext } from '../engine/invocation.ts'
import { runBatch, type Work } from '../engine/run-batch.ts'
import { ConfigError } from '../errors/config-error.ts'
import type { Settings } from '../options/settings.ts'
import type { RecordStore } from '../store/contract.ts'
import { keyRecords } from './entries.ts'
import { partialResponse, type SqsBatchResponse } from './partial-response.ts'
import { isFifo, recordsOf } from './sqs-event.ts'

/** One invocation of one function: the batch that Lambda handed over, on its way to an answer. */
export interface Session {
  readonly batch: Batch
  /** Whether the messages were handed to a function already. */
  started: boolean
  /** Message ids to report; set once the answer is made. */
  failures: readonly string[] | undefined
}

/**
 * Reads the event and claims its messages.
 * @throws ConfigError for something that is no SQS event; StoreMisconfiguredError
 */
export async function openSession(
  settings: Settings,
  store: RecordStore,
  event: unknown,
  context: InvocationContext | undefined,
): Promise<Session> {
  const invocation = beginInvocation(settings.runtime, context, settings.deadlineReserveMs)
  const records = recordsOf(event)
  const fifo = isFifo(records)
  const keyed = await keyRecords(settings, records, fifo)
  const batch = new Batch({ settings, store, entries: keyed.map(({ entry }) => entry), invocation, fifo })
  for (const { entry, refusal } of keyed) {
    if (refusal !== undefined) batch.refused(entry, refusal.outcome, refusal.error)
  }
  await batch.claim()
  return { batch, started: false, failures: undefined }
}

/**
 * Runs and settles every claimed message, then answers.
 * @throws ConfigError at the second time: the messages would run again
 */
export async function runSession(session: Session, work: Work): Promise<SqsBatchResponse> {
  if (session.started) {
    throw new ConfigError(
      'eachMessage was called twice for one batch; its messages would run twice. Call it once.',
    )
  }
  session.started = true
  await runBatch(session.batch, work)
  return answerSession(session)
}

/** The partial batch response of what has been settled so far: the same answer every time, in a fresh object. */
export async function answerSession(session: Session): Promise<SqsBatchResponse> {
  session.failures ??= session.batch.answer()
  await session.batch.idle()
  return partialResponse(session.failures)
}
