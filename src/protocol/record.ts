/** Where a record stands. FAILED may be claimed again; POISONED may not until the message is sent again. */
export type RecordStatus = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'POISONED'

/**
 * One record per idempotency key, as stored. Times end in `At` or `Until` and are epoch milliseconds;
 * `ttl` alone is epoch seconds, because DynamoDB demands it.
 */
export interface IdempotencyRecord {
  /** `<namespace>#<base64url(SHA-256(key parts))>` */
  readonly id: string
  readonly schemaVersion: number
  /** A string that this version does not know is kept as it is; nobody touches such a record. */
  readonly status: RecordStatus | (string & {})
  /** Token of the claim attempt that wrote this record last; kept in every state. */
  readonly owner: string
  /** Grows at every claim; starts from epoch ms, so it stays monotonic across deletion. */
  readonly fence: number
  /** Claims granted in this window. */
  readonly attempts: number
  /** Only while IN_PROGRESS. Missing: held for ever, never stolen. */
  readonly leaseUntil?: number | undefined
  /** Logical end of the deduplication window. */
  readonly expiresAt: number
  /** Epoch seconds; when DynamoDB may delete the record. No part in correctness. */
  readonly ttl: number
  /** Hash of the payload this key was first seen with. */
  readonly fingerprint?: string | undefined
  /** Stored result, serialised. */
  readonly result?: string | undefined
  /** Class name of the last error, never its message. */
  readonly failure?: string | undefined
  /** When it was given up; only while POISONED. A message sent later than this may claim again. */
  readonly poisonedAt?: number | undefined
  /** Audit only; never decides anything. */
  readonly messageId?: string | undefined
  readonly receiveCount?: number | undefined
  readonly firstSeenAt?: number | undefined
  readonly completedAt?: number | undefined
}

/** `failure` of a record that was given up because its handler never settled in as many attempts as are allowed. */
export const ATTEMPTS_EXHAUSTED = 'AttemptsExhausted'

/** A record as a claim meets it: what decides, its result and its last failure. The rest is for whoever looks at the table. */
export type MetRecord = Omit<
  IdempotencyRecord,
  'ttl' | 'messageId' | 'receiveCount' | 'firstSeenAt' | 'completedAt'
>
