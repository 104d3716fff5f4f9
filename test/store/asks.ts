import { randomBytes } from 'node:crypto'
import { SCHEMA_VERSION } from '../../src/protocol/names.ts'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import type {
  CallContext,
  ClaimOutcome,
  ClaimRequest,
  HeldClaim,
  Settlement,
  StoreNotice,
} from '../../src/store/contract.ts'

export const MARGIN = 2_000
const MINUTE = 60_000

/** Without `--`, which goes beside a statement's text instead of into it: tests that read the text know where it stands. */
export function token(): string {
  return randomBytes(16).toString('base64url').replaceAll('--', '-_')
}

export function request(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  const now = Date.now()
  return {
    id: `test#${token()}`,
    owner: token(),
    fingerprint: 'payload',
    leaseUntil: now + MINUTE,
    expiresAt: now + 10 * MINUTE,
    redelivered: false,
    sentAt: now - 1_000,
    messageId: 'message',
    receiveCount: 1,
    ...changes,
  }
}

export function requests(count: number, changes: Partial<ClaimRequest> = {}): ClaimRequest[] {
  return Array.from({ length: count }, () => request(changes))
}

/** A record of another owner: IN_PROGRESS with its lease and the margin past, unless said otherwise. */
export function stuck(changes: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  const now = Date.now()
  return {
    id: `test#${token()}`,
    schemaVersion: SCHEMA_VERSION,
    status: 'IN_PROGRESS',
    owner: token(),
    fence: now - MINUTE,
    attempts: 1,
    leaseUntil: now - MINUTE / 2,
    expiresAt: now + 10 * MINUTE,
    ttl: Math.ceil(now / 1000) + 7_200,
    fingerprint: 'payload',
    ...changes,
  }
}

export interface Noted {
  readonly context: CallContext
  readonly notices: StoreNotice[]
}

/** A call that must answer within `timeout` ms; collects its notices. */
export function call(timeout = 20_000, changes: Partial<CallContext> = {}): Noted {
  const notices: StoreNotice[] = []
  const context: CallContext = {
    deadline: performance.now() + timeout,
    marginMs: MARGIN,
    clockErrorMs: 1_000,
    notify: (notice) => notices.push(notice),
    ...changes,
  }
  return { context, notices }
}

export function context(timeout?: number): CallContext {
  return call(timeout).context
}

/** The claim that a granted request holds. */
export function heldBy(asked: ClaimRequest, outcome: ClaimOutcome | undefined): HeldClaim {
  if (outcome?.kind !== 'claimed') throw new Error(`not granted: ${JSON.stringify(outcome)}`)
  const { id, owner, fingerprint } = asked
  return { id, owner, fence: outcome.fence, attempt: outcome.attempt, fingerprint }
}

/** The claim that a record shows. */
export function holderOf({ id, owner, fence, attempts, fingerprint }: IdempotencyRecord): HeldClaim {
  return { id, owner, fence, attempt: attempts, fingerprint }
}

export function completion(claim: HeldClaim, result?: string): Extract<Settlement, { kind: 'complete' }> {
  const now = Date.now()
  return { kind: 'complete', claim, completedAt: now, expiresAt: now + 10 * MINUTE, result }
}

export function releasing(claim: HeldClaim, status: 'FAILED' | 'POISONED' = 'FAILED'): Settlement {
  const now = Date.now()
  return {
    kind: 'release',
    claim,
    status,
    failure: 'TypeError',
    releasedAt: now,
    expiresAt: now + 10 * MINUTE,
  }
}

export function extending(claim: HeldClaim, leaseUntil: number = Date.now() + MINUTE): Settlement {
  return { kind: 'extend', claim, leaseUntil, expiresAt: leaseUntil + 10 * MINUTE }
}
