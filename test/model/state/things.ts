import { type View, viewClass } from './view.ts'

/**
 * What a state consists of. Every field is one byte. Times are bytes of `time.ts` (relative to now, so that states
 * that differ only by a shift in time are one); tokens and fences are renamed on the way in (`canonical.ts`), because
 * only their equality and order matter. Fields marked "ghost" are seen by the invariants alone, never by a rule.
 */

/** One record per idempotency key. */
const RECORD_FIELDS = [
  'status',
  'owner',
  'fence',
  /** Counted where attempts are limited. */
  'attempts',
  /** Time; NONE unless IN_PROGRESS; ENDLESS when the attribute is missing. */
  'lease',
  /** Time: logical end of the deduplication window. */
  'expires',
  /** The payload it was last claimed with: the fingerprint. */
  'payload',
  /** Ghost: the highest fence ever granted; survives deletion. */
  'highFence',
  /** Ghost: effects made in this window, at most 3 counted. */
  'effects',
  /** Ghost: effects that died, outlived their lease or stayed unknown before their completion. */
  'excused',
  /** Ghost: bit per payload whose effect was made in this window. */
  'made',
  /** Ghost: the same for all windows; survives deletion. */
  'everMade',
  /** Ghost: 1: the handler of the claim that holds it has started, or a fault has ended what held it. */
  'begun',
  /** Ghost, where attempts are limited: handlers started since attempts were last counted from one. */
  'runs',
  /** Ghost, where attempts are limited: claims whose handler a fault has kept from starting. */
  'faulted',
] as const

/** One SQS message. */
const MESSAGE_FIELDS = [
  'state',
  /** Receives, counted up to the configured limit (or 2). */
  'receives',
  /** Ticks until it is visible again; only in flight. */
  'visibility',
  /** 1: sent after its key was poisoned. */
  'resent',
] as const

/** One sandbox. Between invocations it is frozen; what its handlers left behind goes on when it is thawed. */
const HOST_FIELDS = [
  /** 1: an invocation runs here. */
  'active',
  /** Time: end of the invocation. */
  'deadline',
  /** The event: message number + 1, or 0. */
  'first',
  'second',
  /** 1: an answer has told how far its clock is off; counted where that is more than the clock error. */
  'compared',
] as const

/** One execution of one key on a host: claim → run → settle. */
const SLOT_FIELDS = [
  'pc',
  'key',
  'payload',
  /** The message that leads it (the first of those that share the key). */
  'message',
  /** Bits of the event's entries that it stands for; 0 once its invocation has responded. */
  'entries',
  'owner',
  'fence',
  'attempt',
  /** What a read showed and a claim will compare with. */
  'seenStatus',
  'seenOwner',
  'seenFence',
  /** Time; of a record that is IN_PROGRESS. */
  'seenLease',
  /** Time; of a record that is settled or has no lease. */
  'seenExpires',
  /** 1: what it will compare-and-set is to be given up, not taken over. */
  'exhausted',
  /** 1: a request of this step went unanswered. */
  'unanswered',
  /** 1: classified once more after a lost race. */
  'again',
  /** 1: left behind by an invocation that has responded. */
  'detached',
  /** Ticks left of its own lease in true time, plus 1; 0: over. The monotonic clock. */
  'lease',
  /** 1: it may have claimed by a clock that turned out to be wrong. */
  'misdated',
  /** Managed process: ticks until its lease is no longer extended, plus 1; 0: it is left. */
  'bound',
  /** Ghost: 0 no effect, 1 effect made, 2 effect made and excused. */
  'made',
  /** Ghost: bit 1 saw the record COMPLETED in its window, bit 2 its payload's effect was made then. */
  'proof',
] as const

/** A copy of a request that is still on its way to the store. */
const LATE_FIELDS = [
  'kind',
  'key',
  'payload',
  'owner',
  'fence',
  'attempt',
  'seenStatus',
  'seenOwner',
  'seenFence',
  'seenLease',
  'seenExpires',
  /** Time: the lease it asks for. */
  'lease',
  /** Time shift of the sender's clock, plus 16. */
  'skew',
  /** Ticks since it was sent. */
  'age',
] as const

/** How many faults may still happen. */
const BUDGET_FIELDS = ['network', 'crash', 'duplicate', 'error', 'resend', 'hang'] as const

export type RecordView = View<(typeof RECORD_FIELDS)[number]>
export type MessageView = View<(typeof MESSAGE_FIELDS)[number]>
export type HostView = View<(typeof HOST_FIELDS)[number]>
export type SlotView = View<(typeof SLOT_FIELDS)[number]>
export type LateView = View<(typeof LATE_FIELDS)[number]>
export type BudgetView = View<(typeof BUDGET_FIELDS)[number]>

export const FIELDS = {
  record: RECORD_FIELDS,
  message: MESSAGE_FIELDS,
  host: HOST_FIELDS,
  slot: SLOT_FIELDS,
  late: LATE_FIELDS,
  budget: BUDGET_FIELDS,
} as const

export const VIEWS = {
  record: viewClass(RECORD_FIELDS),
  message: viewClass(MESSAGE_FIELDS),
  host: viewClass(HOST_FIELDS),
  slot: viewClass(SLOT_FIELDS),
  late: viewClass(LATE_FIELDS),
  budget: viewClass(BUDGET_FIELDS),
} as const
