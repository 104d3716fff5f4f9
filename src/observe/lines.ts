import type { MessageEvent, NoticeEvent, Outcome } from './events.ts'

/** What the log says of an event: what happened and, where something can be done, what. */
type Lines = { readonly [Name in Outcome | NoticeEvent['notice']]?: string }

const ERROR: Lines = {
  poisoned: 'Given up. Runs again only when reset or sent again.',
  mismatch: 'Same idempotency key, other payload. Not run. Check options key and fingerprint.',
  'lease-lost':
    'Another claim came while the handler ran; the effect may happen twice. Check timeout and clock.',
  'unknown-completion': 'Ran, but the store did not confirm. It may run again.',
  'key-missing': 'No idempotency key. Not run. Check the producer or option key.',
  invalid: 'The body is not valid. Not run. Check the producer or option schema.',
  'unknown-record': 'The record is of another version of oncekit. Left alone, not run.',
  'clock-skew': 'The host clock is off by more than clockErrorMs. Stuck items are not taken over here.',
  'duplicate-effect': 'Another owner had completed it. The effect happened twice.',
}

const WARN: Lines = {
  failed: 'The handler failed. The message comes back.',
  'store-unavailable': 'The store did not answer. Not run; the message comes back.',
  'batch-denied': 'The role may not send batches: one request per item now. Grant the operation.',
  'fail-open': 'The store did not answer. Ran without a record; it may run twice.',
  takeover: 'Stuck item taken over: its last attempt died unsettled. The effect may have happened.',
  'result-dropped': 'The result is not stored; the completion stands. Check option storeResult.',
  'late-settlement': 'The handler ended after its batch was answered. Stop when claim.signal aborts.',
  deadline: 'Time ran out with work left. Raise the timeout or lower the batch size.',
  window: 'The deduplication window is short.',
}

/** The line for an event. What is in neither table is the ordinary course: metrics count it, the log stays quiet. */
export function lineOf(
  event: MessageEvent | NoticeEvent,
): { readonly level: 'warn' | 'error'; readonly text: string } | undefined {
  const name = event.kind === 'notice' ? event.notice : event.outcome
  const text = ERROR[name] ?? WARN[name]
  return text === undefined ? undefined : { level: ERROR[name] ? 'error' : 'warn', text }
}
