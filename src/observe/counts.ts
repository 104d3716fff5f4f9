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
  /** Stores that found this host's clock off, and correct it. */
  clockSkew: number
  poisoned: number
  mismatches: number
  failed: number
  unknownCompletions: number
  storeUnavailable: number
  notStarted: number
  /** Claims of what was not started that were given back. */
  givenBack: number
  /** Handlers left running past twice their invocation, where no kill can be assumed. */
  leftRunning: number
  /** Handed to a handler that had not settled when the batch was answered. */
  unsettled: number
  /** Same key as another record of the batch. */
  shared: number
  invalid: number
  keyMissing: number
  unknownRecords: number
  resultsDropped: number
}

/** What each count counts: an outcome or a notice; `undefined`: the origin of a claim, in `countEvent`. */
const COUNTED: { readonly [Name in keyof BatchCounts]: Outcome | NoticeEvent['notice'] | undefined } = {
  claimed: undefined,
  completed: 'completed',
  duplicates: 'duplicate',
  busy: 'busy',
  takeovers: undefined,
  retries: undefined,
  ownWrites: 'own-write',
  leaseLost: 'lease-lost',
  duplicateEffects: 'duplicate-effect',
  failOpen: 'fail-open',
  clockSkew: 'clock-skew',
  poisoned: 'poisoned',
  mismatches: 'mismatch',
  failed: 'failed',
  unknownCompletions: 'unknown-completion',
  storeUnavailable: 'store-unavailable',
  notStarted: 'not-started',
  givenBack: 'given-back',
  leftRunning: 'left-running',
  unsettled: 'unsettled',
  shared: 'shared',
  invalid: 'invalid',
  keyMissing: 'key-missing',
  unknownRecords: 'unknown-record',
  resultsDropped: 'result-dropped',
}

// `Object.keys` forgets the names that the type above demands, one by one.
const NAMES = Object.keys(COUNTED) as readonly (keyof BatchCounts)[]
const NAME_OF = new Map(NAMES.map((name) => [COUNTED[name], name]))

/** All zero. */
export function newCounts(): BatchCounts {
  // Every name of the type is among `NAMES`.
  return Object.fromEntries(NAMES.map((name) => [name, 0])) as unknown as BatchCounts
}

/** What an event is called: its outcome or notice. */
export function nameOf(event: MessageEvent | NoticeEvent): Outcome | NoticeEvent['notice'] {
  return event.kind === 'notice' ? event.notice : event.outcome
}

/** Adds one event. Each message is counted once under its outcome; claims by the `origin` that a granted one carries. */
export function countEvent(counts: BatchCounts, event: MessageEvent | NoticeEvent): void {
  const name = NAME_OF.get(nameOf(event))
  if (name) counts[name]++
  if (event.kind === 'notice' || event.origin === undefined) return
  counts.claimed++
  if (event.origin === 'takeover') counts.takeovers++
  if (event.origin === 'retry') counts.retries++
}
