import type { ClaimOrigin } from '../store/contract.ts'
import type { BatchCounts } from './counts.ts'

/** How one message ended. */
export type Outcome =
  /** Ran, and its record is COMPLETED. */
  | 'completed'
  /** Was COMPLETED already: acknowledged without running. */
  | 'duplicate'
  /** Another claim is live: reported, not run. */
  | 'busy'
  /** The handler failed and the record was released. */
  | 'failed'
  /** Given up: now by too many attempts or a permanent error, or earlier. */
  | 'poisoned'
  /** Same idempotency key, other payload: not run. */
  | 'mismatch'
  /** Somebody else took the record over while the handler ran. */
  | 'lease-lost'
  /** Ran, but whether the completion landed could not be found out: reported. */
  | 'unknown-completion'
  /** The store could not answer at claim time: not run. */
  | 'store-unavailable'
  /** No idempotency key: not run. */
  | 'key-missing'
  /** Body is not JSON or does not fit the schema: not run. */
  | 'invalid'
  /** No time left, or an earlier record of its FIFO group was not acknowledged. */
  | 'not-started'
  /** Handed over, and not settled when the batch ended, by its deadline or a throw: reported, its claim stays leased. */
  | 'unsettled'
  /** Same key as another record of this batch, whose outcome it shares. */
  | 'shared'
  /** Its record is of another version or of an unknown status: left alone. */
  | 'unknown-record'

/** One message is done with. Never carries the raw key, the body or the text of an error. */
export interface MessageEvent {
  readonly kind: 'message'
  readonly outcome: Outcome
  readonly namespace: string
  readonly messageId: string
  /** Record id, once the key is known. */
  readonly id?: string | undefined
  /** Claims granted in this window, this one included. */
  readonly attempt?: number | undefined
  /** Why the claim was granted; present exactly when one was, whatever came after. */
  readonly origin?: ClaimOrigin | undefined
  /** Class name of the error, as `failureName` gives it. */
  readonly failure?: string | undefined
  /** More, in our own words: never a value of the message. The path of the first problem, for one. */
  readonly detail?: string | undefined
  /**
   * The error itself, for observers that may see it: what the handler threw, or why a message was refused, an
   * `OncekitError` with a code then.
   */
  readonly error?: unknown
}

/** One batch is answered. */
export interface BatchEvent {
  readonly kind: 'batch'
  readonly namespace: string
  readonly counts: Readonly<BatchCounts>
  /** Records in the event. */
  readonly messages: number
  /** Identifiers in the response. */
  readonly failures: number
  readonly durationMs: number
}

/** What every notice says. */
export interface NoticeOf<Name extends string> {
  readonly kind: 'notice'
  readonly notice: Name
  readonly namespace: string
  /** What was behind it, for observers that may see it. */
  readonly error?: unknown
}

/** A notice about one message. */
export interface MessageNoticeOf<Name extends string> extends NoticeOf<Name> {
  readonly messageId: string
  readonly id: string
}

/** Something that whoever runs the function should know. */
export type NoticeEvent =
  /** The role may not use the batch form; single items are used from now on. */
  | (NoticeOf<'batch-denied'> & { readonly operation: string })
  /** This host's clock is off; its times are corrected. `offsetMs`: server minus host. */
  | (NoticeOf<'clock-skew'> & { readonly offsetMs: number })
  /** The store did not answer and `onStoreUnavailable: 'run'` ran the message without a record. */
  | MessageNoticeOf<'fail-open'>
  /** Another owner had completed it already: the effect happened twice. */
  | MessageNoticeOf<'duplicate-effect'>
  /** A stuck item was taken over. */
  | (MessageNoticeOf<'takeover'> & { readonly attempt: number })
  /** A write had landed though its answer was lost; recognised by the owner token. */
  | MessageNoticeOf<'own-write'>
  /** The effect is done and the record complete, but the handler's result could not be stored. */
  | (MessageNoticeOf<'result-dropped'> & {
      /** `not-exact`: JSON would not give it back as it is. `unserialisable`: the option `serialize` gave no text. */
      readonly reason: 'too-large' | 'not-exact' | 'unserialisable'
      /** With `not-exact`: where, from the root of the result; `''`: the result itself. */
      readonly path?: string | undefined
      /** What stands there, or what `serialize` returned: `of type Date`. */
      readonly type?: string | undefined
      /** Of the serialised result; with `too-large`. */
      readonly bytes?: number | undefined
      readonly maxBytes?: number | undefined
    })
  /** A handler settled after the batch was answered; its claim stays leased and comes back by itself. */
  | (MessageNoticeOf<'late-settlement'> & {
      readonly settled: 'success' | 'failure'
    })
  /** The invocation's time ran out with work left. */
  | (NoticeOf<'deadline'> & { readonly unsettled: number; readonly notStarted: number })
  /** The key or the body of a message is probably not what identifies it; said once of each function. */
  | (NoticeOf<'key-hint'> & { readonly detail: string })
  /** An asynchronous schema or envelope did not answer in half of the time: those messages were not started. */
  | (NoticeOf<'slow-input'> & { readonly unanswered: number })
  /** The deduplication window is shorter than something it should outlive. */
  | (NoticeOf<'window'> & { readonly detail: string })
  /** An option and its environment variable disagree, or two handlers of this process share a namespace. */
  | (NoticeOf<'options'> & { readonly detail: string })
  /** Settlements are not confirmed at the first attempt: no handler starts until they are. */
  | NoticeOf<'retrying'>
  /** The store refuses claims or settlements for a reason that waiting does not cure; the batch stops. */
  | NoticeOf<'store-refused'>
  /** Where no kill can be assumed: a handler outlived twice its invocation; its lease is not extended any more. */
  | MessageNoticeOf<'left-running'>
  /** A claim whose handler was not started was given back: no lease and no attempt is left behind. */
  | MessageNoticeOf<'given-back'>
  /** The context's remaining time cannot be used; messages run under an open lease. */
  | (NoticeOf<'context'> & { readonly detail: string })

/** Everything an observer sees: a closed union, told apart by `kind`, then `outcome` or `notice`. */
export type OnceEvent = MessageEvent | BatchEvent | NoticeEvent

/**
 * Sees every event. What it returns or throws changes no outcome, and it is never awaited: Lambda freezes
 * between invocations, so do the work before returning.
 */
export type Observer = (event: OnceEvent) => unknown
