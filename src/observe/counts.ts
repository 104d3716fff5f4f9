import type { MessageEvent, NoticeEvent, Outcome } from './events.ts'

/** What happened to the messages of one batch. Numbers of messages unless said otherwise. */
export interface BatchCounts {
  /** Claims granted, of every origin. */
  claimed: number
  completed: number
  /** Were COMPLETED already: acknowledged without running. */
  duplicates: number
  busy: number
  /** Stuck items taken over. */
  takeovers: number
  /** Claims after an earlier attempt had failed. */
  retries: number
  /** Writes that had landed though their answer was lost. */
  ownWrites: number
  leaseLost: number
  /** Completed here and by another owner: the effect happened twice. */
  duplicateEffects: number
  /** Run without a record because the store did not answer. */
  failOpen: number
  /** Store calls that refused takeovers because of this host's clock. */
  clockSkew: number
  poisoned: number
  mismatches: number
  failed: number
  unknownCompletions: number
  storeUnavailable: number
  notStarted: number
  /** Still running at the deadline. */
  unsettled: number
  /** Same key as another record of the batch. */
  shared: number
  invalid: number
  keyMissing: number
  unknownRecords: number
  resultsDropped: number
}

/** All zero. */
export function newCounts(): BatchCounts {
  return {
    claimed: 0,
    completed: 0,
    duplicates: 0,
    busy: 0,
    takeovers: 0,
    retries: 0,
    ownWrites: 0,
    leaseLost: 0,
    duplicateEffects: 0,
    failOpen: 0,
    clockSkew: 0,
    poisoned: 0,
    mismatches: 0,
    failed: 0,
    unknownCompletions: 0,
    storeUnavailable: 0,
    notStarted: 0,
    unsettled: 0,
    shared: 0,
    invalid: 0,
    keyMissing: 0,
    unknownRecords: 0,
    resultsDropped: 0,
  }
}

const OUTCOME_COUNTS: { readonly [Name in Outcome]: keyof BatchCounts } = {
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

const NOTICE_COUNTS: { readonly [Name in NoticeEvent['notice']]?: keyof BatchCounts } = {
  'clock-skew': 'clockSkew',
  'fail-open': 'failOpen',
  'duplicate-effect': 'duplicateEffects',
  'own-write': 'ownWrites',
  'result-dropped': 'resultsDropped',
}

/** Adds one event. Each message is counted once under its outcome; claims by the `origin` that a granted one carries. */
export function countEvent(counts: BatchCounts, event: MessageEvent | NoticeEvent): void {
  if (event.kind === 'notice') {
    const name = NOTICE_COUNTS[event.notice]
    if (name) counts[name]++
    return
  }
  counts[OUTCOME_COUNTS[event.outcome]]++
  if (event.origin === undefined) return
  counts.claimed++
  if (event.origin === 'takeover') counts.takeovers++
  if (event.origin === 'retry') counts.retries++
}
