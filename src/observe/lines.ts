import type { MessageEvent, NoticeEvent, Outcome } from './events.ts'

type Level = 'info' | 'warn' | 'error'

/** What the default log says: the level, what happened and, where something can be done, what. */
export type Line = readonly [level: Level, message: string]

/** Outcomes that are not here are the ordinary course: metrics count them, the log stays quiet. */
const OUTCOME_LINES: { readonly [Name in Outcome]?: Line } = {
  failed: ['warn', 'The handler failed. The record is released; the message comes back.'],
  poisoned: ['error', 'The message is given up and will not run again until it is reset or sent again.'],
  mismatch: [
    'error',
    'This idempotency key came before with another payload. It did not run. Make the key more specific, or the fingerprint less.',
  ],
  'lease-lost': [
    'error',
    'Somebody else claimed the record while the handler ran, so its effect may happen twice. Check the function timeout and the host clock.',
  ],
  'unknown-completion': [
    'error',
    'The handler finished, but the store did not confirm. The message comes back and may run again.',
  ],
  'store-unavailable': ['warn', 'The store did not answer in time. The message did not run and comes back.'],
  'key-missing': [
    'error',
    'The message has no idempotency key. It did not run. Correct the producer or the "key" option.',
  ],
  invalid: [
    'error',
    'The message body is not valid. It did not run. Correct the producer or the "schema" option.',
  ],
  'unknown-record': [
    'error',
    'The record was written by another version of oncekit. It was left alone, and the message did not run.',
  ],
}

const NOTICE_LINES: { readonly [Name in NoticeEvent['notice']]: Line } = {
  'batch-denied': [
    'warn',
    'The role may not use the batch operation: items go one by one, at one request each. Grant it (PartiQLInsert, PartiQLUpdate, BatchGetItem).',
  ],
  'clock-skew': [
    'error',
    'The clock of this host is off by more than clockErrorMs: stuck items are not taken over here.',
  ],
  'fail-open': [
    'warn',
    'The store did not answer, so the message runs without a record (onStoreUnavailable is "run"). It may run twice.',
  ],
  'duplicate-effect': ['error', 'Another owner had completed it already: its effect happened twice.'],
  takeover: [
    'warn',
    'A stuck item was taken over: the attempt before it died before it settled. Its effect may have happened.',
  ],
  'own-write': ['info', 'A write had landed though its answer was lost. Nothing to do.'],
  'result-dropped': [
    'warn',
    'The result could not be stored. The completion stands. Return less, raise storeResult.maxBytes or give storeResult.serialize.',
  ],
  'late-settlement': [
    'warn',
    'A handler ended after its batch was answered; its message comes back. Stop when claim.signal aborts.',
  ],
  deadline: [
    'warn',
    'The time of the invocation ran out with work left; it comes back. Raise the function timeout or lower the batch size.',
  ],
  window: ['warn', 'The deduplication window is short.'],
}

/** The line for an event, if it deserves one. */
export function lineOf(event: MessageEvent | NoticeEvent): Line | undefined {
  return event.kind === 'notice' ? NOTICE_LINES[event.notice] : OUTCOME_LINES[event.outcome]
}
