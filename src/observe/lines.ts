import type { MessageEvent, NoticeEvent, Outcome } from './events.ts'

/** What the log says of an event: what happened and, where something can be done, what. */
type Lines = { readonly [Name in Outcome | NoticeEvent['notice']]?: string }

const ERROR: Lines = {
  poisoned: 'Given up; runs again only when reset or sent again.',
  mismatch: 'Same key, other payload; not run. Check options key and fingerprint.',
  'lease-lost': 'Claimed by another while it ran; may happen twice. Check timeout and clock.',
  'unknown-completion': 'Ran, but the store did not confirm; may run again.',
  'key-missing': 'No idempotency key; not run. Check the producer or option key.',
  invalid: 'Body not valid; not run. Check the producer or option schema.',
  'unknown-record': 'Record of another oncekit version; left alone, not run.',
  'clock-skew': 'Host clock off by more than clockErrorMs; takes over no stuck item.',
  'duplicate-effect': 'Completed by another owner too: the effect happened twice.',
}

const WARN: Lines = {
  failed: 'Handler failed; the message comes back.',
  'store-unavailable': 'Store did not answer; not run, the message comes back.',
  'batch-denied': 'Role may not send batches: one request per item now. Grant the operation.',
  'fail-open': 'Store did not answer; ran without a record, may run twice.',
  takeover: 'Stuck item taken over; its effect may have happened before.',
  'result-dropped': 'Result not stored; completed all the same. Check option storeResult.',
  'late-settlement': 'Handler ended after its batch was answered. Stop when claim.signal aborts.',
  deadline: 'Time ran out with work left. Raise the timeout or shrink the batch.',
  window: 'Deduplication window is short.',
}

/** The line for an event. What is in neither table is the ordinary course: metrics count it, the log stays quiet. */
export function lineOf(
  event: MessageEvent | NoticeEvent,
): { readonly level: 'warn' | 'error'; readonly text: string } | undefined {
  const name = event.kind === 'notice' ? event.notice : event.outcome
  const text = ERROR[name] ?? WARN[name]
  return text === undefined ? undefined : { level: ERROR[name] ? 'error' : 'warn', text }
}
