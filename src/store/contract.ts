import type { MetRecord } from '../protocol/record.ts'

/** Ask to run the message with this id. Made once per claim attempt; an SDK retry repeats it unchanged. */
export interface ClaimRequest {
  /** `<namespace>#<hash>` */
  readonly id: string
  /** New random token for every claim attempt. It recognises the own write when its answer was lost. */
  readonly owner: string
  /** Hash of the payload; `undefined` switches the comparison off. */
  readonly fingerprint: string | undefined
  /** Epoch ms: end of this invocation plus grace. */
  readonly leaseUntil: number
  /** Epoch ms: end of the deduplication window if this claim is granted now. */
  readonly expiresAt: number
  /** Whether the queue has delivered it before: then a record is likely, and reading comes first. */
  readonly redelivered: boolean
  /** Epoch ms at which the message was sent; decides only whether it was sent again after it was poisoned. */
  readonly sentAt: number | undefined
  /** Audit only. */
  readonly messageId: string | undefined
  readonly receiveCount: number | undefined
}

/** Why a claim was granted. */
export type ClaimOrigin =
  /** No record was there. */
  | 'fresh'
  /** The owner's lease and the margin are past: a stuck item. */
  | 'takeover'
  /** An earlier attempt failed and released it. */
  | 'retry'
  /** The former deduplication window is over. */
  | 'expired'
  /** A given-up message was sent again. */
  | 'resent'

/** What came of one claim request. */
export type ClaimOutcome =
  | {
      readonly kind: 'claimed'
      readonly origin: ClaimOrigin
      readonly fence: number
      /** Claims granted in this window, this one included. */
      readonly attempt: number
      /** The write had landed but its answer was lost; found by the owner token. */
      readonly ownWrite: boolean
    }
  /** COMPLETED inside its window: success without running. */
  | { readonly kind: 'duplicate'; readonly record: MetRecord }
  /** Held by a live lease, or a race was lost twice, or a takeover was refused because of the clock. */
  | { readonly kind: 'busy'; readonly leaseUntil: number | undefined; readonly reason: BusyReason }
  /** Same key, other payload; `fingerprint` of the record, if known, for the engine alone: it is never disclosed. */
  | { readonly kind: 'mismatch'; readonly fingerprint?: string | undefined }
  /** Given up earlier, or by this call: stuck, and claimed `maxAttempts` times. */
  | { readonly kind: 'poisoned'; readonly record: MetRecord }
  /** A record of another version or with an unknown status: never touched. */
  | { readonly kind: 'unknown-record'; readonly detail: string }
  /**
   * The store did not answer in time, or answered that it cannot now. Nothing is known about the record. `reason`, where
   * it is one of these, allows a function that chose so to run without a record; a conflict, say, does not.
   */
  | { readonly kind: 'unavailable'; readonly error: unknown; readonly reason?: UnavailableReason | undefined }

/** Why a store could not answer, where running without a record may be chosen. */
export type UnavailableReason = 'throttling' | 'timeout'

/** Why a record is left alone for now. */
export type BusyReason = 'lease' | 'race' | 'clock-skew'

/** What a write after the claim must prove: it is conditioned on IN_PROGRESS, this owner and this fence. */
export interface HeldClaim {
  readonly id: string
  readonly owner: string
  readonly fence: number
  readonly attempt: number
  readonly fingerprint: string | undefined
}

/** A write after the claim, conditioned on owner and fence. */
export type Settlement =
  | {
      readonly kind: 'complete'
      readonly claim: HeldClaim
      /** Epoch ms. */
      readonly completedAt: number
      /** Epoch ms: the deduplication window starts at completion. */
      readonly expiresAt: number
      /** Serialised result to store. */
      readonly result: string | undefined
    }
  | {
      readonly kind: 'release'
      readonly claim: HeldClaim
      /** POISONED: given up, not claimable until the message is sent again. */
      readonly status: 'FAILED' | 'POISONED'
      /** Class name of the error. */
      readonly failure: string
      /** Epoch ms. */
      readonly releasedAt: number
      readonly expiresAt: number
    }
  | {
      readonly kind: 'extend'
      readonly claim: HeldClaim
      /** Epoch ms. */
      readonly leaseUntil: number
      /** Epoch ms. It moves with the lease: a record must not expire, and be deleted, under a run that goes on. */
      readonly expiresAt: number
    }
  | {
      /**
       * The handler was never started: FAILED, with one attempt less than was granted, so that its next delivery runs
       * as if this claim had not been. `failure` stays as it was.
       */
      readonly kind: 'give-back'
      readonly claim: HeldClaim
      /** Epoch ms. */
      readonly expiresAt: number
    }

/** What came of one settlement. */
export type SettleOutcome =
  /** The record is COMPLETED. `duplicateEffect`: by another owner, so the effect happened twice. */
  | { readonly kind: 'completed'; readonly duplicateEffect: boolean }
  | { readonly kind: 'released' }
  | { readonly kind: 'extended' }
  /** Somebody else holds the record, or it changed under us. Nothing was written. */
  | { readonly kind: 'lease-lost'; readonly detail: string }
  /**
   * Whether the write landed could not be found out in time. Never success. With a STORE_MISCONFIGURED error: it was
   * refused, and so will others be.
   */
  | { readonly kind: 'unknown'; readonly error: unknown }

/** Things a store says beside its answers, each contained: a listener that throws changes nothing. */
export type StoreNotice =
  /** The batch form is not allowed to this role; single items are used from now on. */
  | { readonly kind: 'batch-denied'; readonly operation: string; readonly error: unknown }
  /** This host's clock is further off than the clock error; times are corrected. `offsetMs`: server minus host. */
  | { readonly kind: 'clock-skew'; readonly offsetMs: number }
  /** A settlement was not confirmed by its first attempt and is tried again: time to start nothing new. */
  | { readonly kind: 'retrying'; readonly error: unknown }

/** What goes with every call to a store. */
export interface CallContext {
  /** When the call must have answered, on the runtime's monotonic clock (ms). */
  readonly deadline: number
  /**
   * When a store must have stopped comparing its clock with the server's after it granted a claim, on the same clock (ms):
   * a claim may have just a part of the time, but what runs by a clock that is off runs twice. `Infinity` where nobody knows
   * the end. Default: `deadline`.
   */
  readonly clockDeadline?: number | undefined
  /** 2 × clock error, in ms: how long past its lease another host's claim is left alone. */
  readonly marginMs: number
  /** How far this host's corrected clock may be off, in ms. */
  readonly clockErrorMs: number
  /** Claims after which a stuck record is given up instead of taken over. `undefined`: never. */
  readonly maxAttempts?: number | undefined
  readonly notify?: ((notice: StoreNotice) => void) | undefined
}

/**
 * Where records live. Outcomes come back in the order of the requests, one each. Ids in one call are distinct.
 *
 * `claim` rejects only with STORE_MISCONFIGURED (table missing, access denied, key unusable, request refused as
 * malformed), and only when it granted nothing: beside what it granted that error is an `unavailable` outcome. `settle`
 * never rejects; everything else is an outcome.
 */
export interface RecordStore {
  /**
   * The store's time, epoch ms: this host's clock corrected by what is certain of its offset. Who uses the store goes by
   * it too, so that leases and windows are written and compared in one time. Without it: the host's clock.
   */
  now?(): number
  /**
   * Grants each id to at most one owner at a time: the check and the write are one conditional write.
   * A granted claim is durable before the answer.
   */
  claim(requests: readonly ClaimRequest[], context: CallContext): Promise<readonly ClaimOutcome[]>
  /**
   * Writes only where status is IN_PROGRESS and owner and fence are those of the claim; see the settle rules.
   * Settlements of concurrent calls may share a request.
   */
  settle(settlements: readonly Settlement[], context: CallContext): Promise<readonly SettleOutcome[]>
}
