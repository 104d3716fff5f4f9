import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { IdempotencyRecord, MetRecord } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type {
  CallContext,
  ClaimOrigin,
  ClaimOutcome,
  ClaimRequest,
  HeldClaim,
  Settlement,
  SettleOutcome,
} from '../../store/contract.ts'
import { own } from './holder.ts'
import type { StoreUnderTest } from './subject.ts'

/** The margin of every check, ms: what protocol and options default to. */
export const MARGIN_MS = 2_000
const LEASE_MS = 30_000
export const WINDOW_MS = 86_400_000
const CALL_MS = 60_000

/** How a claim can reach the store: alone or beside another, as a first delivery or as a redelivery. */
export interface Form {
  readonly alone: boolean
  readonly redelivered: boolean
}

export const FORMS: readonly Form[] = [
  { alone: true, redelivered: false },
  { alone: true, redelivered: true },
  { alone: false, redelivered: false },
  { alone: false, redelivered: true },
]

export type Claimed = Extract<ClaimOutcome, { kind: 'claimed' }>

/** Of the call's context, what a check may choose. */
export type Chosen = Pick<CallContext, 'maxAttempts'>

/** One check's view of the store: builds what is asked, asks, and says what was wrong. */
export class Scene {
  readonly now: number
  readonly #subject: StoreUnderTest
  readonly #beside: boolean

  /** `beside`: every single settlement is asked for together with another one, which may share its request. */
  constructor(subject: StoreUnderTest, beside = false) {
    this.#subject = subject
    this.#beside = beside
    this.now = subject.clock.now()
  }

  /** The last moment (epoch ms) that is not yet past for a host whose clock is within the clock error. */
  get stale(): number {
    return this.now - MARGIN_MS
  }

  id(): string {
    return `contract#${this.token()}`
  }

  token(): string {
    return randomBytes(16).toString('base64url')
  }

  request(changes: Partial<ClaimRequest> = {}): ClaimRequest {
    return {
      id: this.id(),
      owner: this.token(),
      fingerprint: 'payload',
      leaseUntil: this.now + LEASE_MS,
      // Another than that of a record that is given, and of a settlement: what is not written shows.
      expiresAt: this.now + WINDOW_MS - 30_000,
      redelivered: false,
      sentAt: this.now - 1_000,
      messageId: 'message',
      receiveCount: 1,
      ...changes,
    }
  }

  /** Puts a record of another owner, live and inside its window unless said otherwise. Returns it. */
  async given(changes: Partial<IdempotencyRecord> = {}): Promise<IdempotencyRecord> {
    const { status = 'IN_PROGRESS', expiresAt = this.now + WINDOW_MS - 60_000 } = changes
    const record: IdempotencyRecord = plain({
      id: this.id(),
      schemaVersion: SCHEMA_VERSION,
      owner: this.token(),
      fence: this.now - 60_000,
      attempts: 1,
      fingerprint: 'payload',
      firstSeenAt: this.now - 60_000,
      ...(status === 'IN_PROGRESS' ? { leaseUntil: this.now + LEASE_MS } : undefined),
      ...(status === 'COMPLETED' ? { completedAt: this.now - 1_000 } : undefined),
      ...(status === 'POISONED' ? { poisonedAt: this.now - 10_000 } : undefined),
      ...changes,
      status,
      expiresAt,
      ttl: ttlSeconds(expiresAt),
    })
    await this.#subject.put(record)
    return record
  }

  async record(id: string): Promise<IdempotencyRecord | undefined> {
    const found = await this.#subject.get(id)
    return found === undefined ? undefined : plain(found)
  }

  claim(requests: readonly ClaimRequest[], chosen: Chosen = {}): Promise<readonly ClaimOutcome[]> {
    return this.#subject.store.claim(requests, { ...this.#context(), ...chosen })
  }

  async claimOne(request: ClaimRequest, chosen: Chosen = {}): Promise<ClaimOutcome> {
    return only(await this.claim([request], chosen))
  }

  /** Claims over `record`'s id as `form` says. */
  async ask(form: Form, request: ClaimRequest, chosen: Chosen = {}): Promise<ClaimOutcome> {
    const asked = askedAs(form, request)
    if (form.alone) return this.claimOne(asked, chosen)
    const outcomes = await this.claim([this.request(), asked], chosen)
    assert.equal(outcomes.length, 2, 'two requests must get two outcomes')
    granted(outcomes[0] as ClaimOutcome, 'fresh')
    return outcomes[1] as ClaimOutcome
  }

  /** A granted claim of a new id, or of `request`'s, as its holder knows it. */
  async held(changes: Partial<ClaimRequest> = {}): Promise<HeldClaim> {
    const request = this.request(changes)
    return holding(request, granted(await this.claimOne(request)))
  }

  settleAll(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    return this.#subject.store.settle(settlements, this.#context())
  }

  async settle(settlement: Settlement): Promise<SettleOutcome> {
    if (!this.#beside) return only(await this.settleAll([settlement]))
    const other = own(await this.given())
    const outcomes = await this.settleAll([this.completion(other), settlement])
    assert.equal(outcomes.length, 2, 'two settlements must get two outcomes')
    assert.deepEqual(outcomes[0], { kind: 'completed', duplicateEffect: false }, 'the other settlement')
    return outcomes[1] as SettleOutcome
  }

  completion(claim: HeldClaim, result?: string): Extract<Settlement, { kind: 'complete' }> {
    return { kind: 'complete', claim, completedAt: this.now, expiresAt: this.now + WINDOW_MS, result }
  }

  release(claim: HeldClaim, status: 'FAILED' | 'POISONED' = 'FAILED'): Settlement {
    const { now } = this
    return {
      kind: 'release',
      claim,
      status,
      failure: 'TypeError',
      releasedAt: now,
      expiresAt: now + WINDOW_MS,
    }
  }

  extension(claim: HeldClaim, leaseUntil: number = this.now + 2 * LEASE_MS): Settlement {
    return { kind: 'extend', claim, leaseUntil, expiresAt: leaseUntil + WINDOW_MS }
  }

  giveBack(claim: HeldClaim): Extract<Settlement, { kind: 'give-back' }> {
    return { kind: 'give-back', claim, expiresAt: this.now + WINDOW_MS }
  }

  /** @throws AssertionError when the record is no longer exactly this */
  async untouched(record: IdempotencyRecord, what: string): Promise<void> {
    await this.left(record, `${what} must leave the record as it was`)
  }

  /** @throws AssertionError when the record is not exactly this, whatever attribute differs */
  async left(record: IdempotencyRecord, message: string): Promise<void> {
    assert.deepEqual(await this.record(record.id), plain(record), message)
  }

  #context(): CallContext {
    // Only the store's own margin is looked at: which clock is right is not this contract's question.
    const clockErrorMs = Number.MAX_SAFE_INTEGER
    return { deadline: this.#subject.clock.monotonic() + CALL_MS, marginMs: MARGIN_MS, clockErrorMs }
  }
}

/** The request as the queue's first delivery, or a later one, would make it. */
export function askedAs(form: Pick<Form, 'redelivered'>, request: ClaimRequest): ClaimRequest {
  return { ...request, redelivered: form.redelivered, receiveCount: form.redelivered ? 2 : 1 }
}

export function holding(request: ClaimRequest, outcome: Claimed): HeldClaim {
  const { id, owner, fingerprint } = request
  return { id, owner, fence: outcome.fence, attempt: outcome.attempt, fingerprint }
}

/** The claim, which must have been granted. A store that recognised its own write cannot know the origin. */
export function granted(outcome: ClaimOutcome, origin?: ClaimOrigin): Claimed {
  if (outcome.kind !== 'claimed') {
    return assert.fail(`the claim must be granted, but the store answered ${JSON.stringify(outcome)}`)
  }
  if (origin !== undefined && !outcome.ownWrite) assert.equal(outcome.origin, origin, 'why it was granted')
  return outcome
}

/** A record without its undefined fields: absent and undefined mean the same. */
export function plain<Given extends MetRecord>(record: Given): Given {
  const defined = Object.entries(record).filter(([, value]) => value !== undefined)
  // Entries lose the type; nothing but undefined was taken away.
  return Object.fromEntries(defined) as unknown as Given
}

/** What every store hands over of a record that a claim met, however much more it does. */
export function met(record: MetRecord | IdempotencyRecord): MetRecord {
  const { ttl, messageId, receiveCount, firstSeenAt, completedAt, ...decisive } = record as IdempotencyRecord
  return plain(decisive)
}

function only<Outcome>(outcomes: readonly Outcome[]): Outcome {
  const [outcome] = outcomes
  assert.equal(outcomes.length, 1, 'one request must get one outcome')
  return outcome as Outcome
}
