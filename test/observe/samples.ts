import { StoreMisconfiguredError } from '../../src/errors/store-misconfigured-error.ts'
import type { BatchCounts } from '../../src/observe/counts.ts'
import type { MessageEvent, NoticeEvent, Outcome } from '../../src/observe/events.ts'

/** A message event with nothing but what it must have, and what is given. */
export function messageEvent(outcome: Outcome, more: Partial<MessageEvent> = {}): MessageEvent {
  return { kind: 'message', outcome, namespace: 'charge', messageId: 'm-1', ...more }
}

const on = { kind: 'notice', namespace: 'charge' } as const
const onMessage = { ...on, messageId: 'm-1', id: 'charge#hash' } as const

/** One notice of each kind. */
export const NOTICES: readonly NoticeEvent[] = [
  { ...on, notice: 'batch-denied', operation: 'BatchExecuteStatement' },
  { ...on, notice: 'clock-skew', offsetMs: 5_000 },
  { ...onMessage, notice: 'fail-open' },
  { ...onMessage, notice: 'duplicate-effect' },
  { ...onMessage, notice: 'takeover', attempt: 2 },
  { ...onMessage, notice: 'own-write' },
  { ...onMessage, notice: 'result-dropped', reason: 'unserialisable' },
  { ...onMessage, notice: 'late-settlement', settled: 'success' },
  { ...on, notice: 'deadline', unsettled: 1, notStarted: 3 },
  { ...on, notice: 'key-hint', detail: 'A body looks like an envelope of SNS.' },
  { ...on, notice: 'slow-input', unanswered: 2 },
  { ...on, notice: 'window', detail: 'The window (ttl) is 1h.' },
  { ...on, notice: 'options', detail: 'Option "ttl" is 14.' },
  { ...on, notice: 'retrying', error: new Error('throttled') },
  { ...on, notice: 'store-refused', error: new StoreMisconfiguredError('Grant UpdateItem.') },
  { ...onMessage, notice: 'left-running' },
  { ...onMessage, notice: 'given-back' },
  { ...on, notice: 'context', detail: 'getRemainingTimeInMillis() returns NaN' },
]

export const BY_OUTCOME: Readonly<Record<Outcome, keyof BatchCounts>> = {
  completed: 'completed',
  duplicate: 'duplicates',
  busy: 'busy',
  failed: 'failed',
  poisoned: 'poisoned',
  mismatch: 'mismatches',
  'lease-lost': 'leaseLost',
  'unknown-completion': 'unknownCompletions',
  'store-unavailable': 'storeUnavailable',
  'key-missing': 'keyMissing',
  invalid: 'invalid',
  'not-started': 'notStarted',
  unsettled: 'unsettled',
  shared: 'shared',
  'unknown-record': 'unknownRecords',
}

export const BY_NOTICE: Readonly<Record<NoticeEvent['notice'], keyof BatchCounts | undefined>> = {
  'batch-denied': undefined,
  'clock-skew': 'clockSkew',
  'fail-open': 'failOpen',
  'duplicate-effect': 'duplicateEffects',
  takeover: undefined,
  'own-write': 'ownWrites',
  'result-dropped': 'resultsDropped',
  'late-settlement': undefined,
  deadline: undefined,
  'key-hint': undefined,
  'slow-input': undefined,
  window: undefined,
  options: undefined,
  retrying: undefined,
  'store-refused': undefined,
  'left-running': 'leftRunning',
  'given-back': 'givenBack',
  context: undefined,
}
