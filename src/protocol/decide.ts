import { SCHEMA_VERSION } from './names.ts'
import type { MetRecord, RecordStatus } from './record.ts'

/** Who asks, and what they know. Times are epoch ms. */
export interface Asker {
  readonly owner: string
  /** `undefined`: payloads are not compared. */
  readonly fingerprint: string | undefined
  readonly now: number
  /** What ended more than this long ago is past for every host whose clock is within the clock error. */
  readonly marginMs: number
  /** When the message was sent, if known. */
  readonly sentAt: number | undefined
  /** Claims after which a stuck record is given up instead of taken over; `undefined`: never. */
  readonly maxAttempts?: number | undefined
}

/** What an observed record means for a message that wants to run. */
export type Decision =
  /** No record: insert one. */
  | 'absent'
  /** Our own claim landed and its answer was lost: go on as the owner. */
  | 'own-claim'
  /** Our own completion: done. */
  | 'own-completion'
  /** Same key, other payload, inside the window: fail, disclose nothing. */
  | 'mismatch'
  /** COMPLETED inside its window: success, do not run. */
  | 'duplicate'
  /** Live or endless lease: fail, do not run. */
  | 'busy'
  /** Stuck: take it over by compare-and-set on owner and fence. */
  | 'takeover'
  /** Stuck, and claimed as often as allowed: give it up by the same compare-and-set, do not run. */
  | 'exhausted'
  /** Failed earlier: claim again, by compare-and-set. */
  | 'retry'
  /** Its window is over: claim again as if new, by compare-and-set. */
  | 'expired'
  /** Given up: fail, do not run. */
  | 'poisoned'
  /** Given up, but sent again since: claim again as if new, by compare-and-set. */
  | 'resent'
  /** Another version or an unknown status: treat as held by somebody else, never overwrite. */
  | 'unknown'

/** The table "observed item → decision" of the protocol, in its order. Pure. */
export function decide(record: MetRecord | undefined, asker: Asker): Decision {
  if (record === undefined) return 'absent'
  const { status } = record
  if (record.schemaVersion !== SCHEMA_VERSION || !isKnown(status)) return 'unknown'
  if (record.owner === asker.owner) {
    if (status === 'IN_PROGRESS') return 'own-claim'
    if (status === 'COMPLETED') return 'own-completion'
    // Given up by this very call, or released by ourselves: no claim of ours any more.
    return status === 'POISONED' ? 'poisoned' : 'busy'
  }
  const stale = asker.now - asker.marginMs
  const expired = record.expiresAt < stale
  // Of what failed or was given up nothing is completed: a corrected message is why one sends again.
  const other = (status === 'IN_PROGRESS' || status === 'COMPLETED') && !expired
  if (other && differs(record.fingerprint, asker.fingerprint)) return 'mismatch'
  switch (status) {
    case 'IN_PROGRESS':
      // Without a lease nobody knows how long it is held; its window is the end of it.
      if (record.leaseUntil === undefined) return expired ? 'expired' : 'busy'
      if (record.leaseUntil >= stale) return 'busy'
      return record.attempts >= (asker.maxAttempts ?? Infinity) ? 'exhausted' : 'takeover'
    case 'COMPLETED':
      return expired ? 'expired' : 'duplicate'
    case 'FAILED':
      return expired ? 'expired' : 'retry'
    case 'POISONED':
      if (expired) return 'expired'
      return wasResent(record, asker) ? 'resent' : 'poisoned'
  }
}

/** The decisions that allow a compare-and-set claim over an existing record. */
export type Claimable = 'takeover' | 'retry' | 'expired' | 'resent'

export function isClaimable(decision: Decision): decision is Claimable {
  return decision === 'takeover' || decision === 'retry' || decision === 'expired' || decision === 'resent'
}

/** Whether the decision rests on comparing this host's clock with another's, which must have been compared for it. */
export function dependsOnClock(decision: Claimable | 'exhausted'): boolean {
  return decision !== 'retry'
}

/** Claims granted in the window, the one with this decision included: it may continue a window or open one. */
export function attemptsWith(decision: Claimable, record: MetRecord): number {
  return decision === 'takeover' || decision === 'retry' ? record.attempts + 1 : 1
}

function isKnown(status: string): status is RecordStatus {
  return status === 'IN_PROGRESS' || status === 'COMPLETED' || status === 'FAILED' || status === 'POISONED'
}

function differs(stored: string | undefined, offered: string | undefined): boolean {
  return stored !== undefined && offered !== undefined && stored !== offered
}

/** The margin covers the clock error between the queue, which stamped the message, and the host that gave up. */
function wasResent(record: MetRecord, asker: Asker): boolean {
  if (record.poisonedAt === undefined || asker.sentAt === undefined) return false
  return asker.sentAt > record.poisonedAt + asker.marginMs
}
