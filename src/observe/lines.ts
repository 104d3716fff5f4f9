import type { NoticeEvent, Outcome } from './events.ts'

/**
 * What the log says of an event: what happened and, where something can be done, what. `key-missing` and `invalid` say
 * that in their detail.
 */
type Lines = { readonly [Name in Outcome | NoticeEvent['notice']]?: string }

/** What somebody has to look at. An event in neither table is the ordinary course: counted, and the log stays quiet. */
export const ERRORS: Lines = {
  poisoned: 'Given up: it runs again when it is sent again.',
  mismatch: 'Not run: same key, other payload. Check key and fingerprint.',
  'lease-lost': 'Taken over while it ran; may happen twice. Check timeout and clock.',
  'unknown-completion': 'Ran, but not confirmed by the store; may happen twice.',
  'key-missing': 'Not run: no idempotency key.',
  invalid: 'Not run: body not valid.',
  'unknown-record': 'Not run: record of another oncekit version.',
  'store-refused': 'The store refuses to work: see detail. Nothing more is started.',
  'left-running': 'Handler outlived twice its invocation; its lease ends. Stop when claim.signal aborts.',
  'duplicate-effect': 'Completed by another owner too; happened twice.',
}

export const WARNINGS: Lines = {
  failed: 'Handler failed; the message comes back.',
  'store-unavailable': 'Not run: the store did not answer, see detail; the message comes back.',
  'batch-denied':
    'Batches are refused, see detail: one request per item. Grant the operation if the role lacks it.',
  'clock-skew': 'Clock off by more than clockErrorMs; times are corrected.',
  retrying: 'Completions are not confirmed; nothing new starts until they are.',
  context: 'Remaining time not usable; messages run under a lease of 60 s, extended.',
  'fail-open': 'Ran without a record, the store did not answer; may happen twice.',
  takeover: 'Stuck item taken over; may happen twice.',
  'result-dropped': 'Result not stored; the effect is done. Return exact JSON or set storeResult.',
  'late-settlement': 'Handler ended after the answer. Stop when claim.signal aborts.',
  'key-hint': 'Check what identifies a message.',
  'slow-input': 'Not run: schema or envelope did not answer in time; the messages come back.',
  deadline: 'Time ran out. Raise the timeout, lower deadlineReserveMs or shrink the batch.',
}
