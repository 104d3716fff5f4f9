import assert from 'node:assert/strict'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { ClaimOutcome, ClaimRequest } from '../../store/contract.ts'
import { copiesOf, nameless, type Seen } from './many.ts'
import type { Scene } from './scene.ts'
import type { Rules } from './subject.ts'

const MAX_ATTEMPTS = 5
const LIMIT = { maxAttempts: MAX_ATTEMPTS }

/**
 * What many claims at once leave is what each of them leaves alone, attribute by attribute: a server that understands the
 * form for many only in part answers as if all were well.
 */
export const manyClaimsRules: Rules = {
  async 'many claims at once: each gets the answer, and leaves the record, that it would alone'(scene) {
    assert.deepEqual(await scene.claim([], LIMIT), [])
    for (const redelivered of [false, true]) {
      const prepare = (made: Case) => prepared(scene, made, redelivered)
      const alone = new Map<string, Seen>()
      for (const [what, make] of Object.entries(CASES)) {
        const one = await prepare(make(scene))
        alone.set(what, await seen(scene, one, await scene.claimOne(one.request, LIMIT)))
      }
      const cases = await copiesOf(scene, CASES, prepare)
      const requests = cases.map(({ one }) => one.request)
      const outcomes = await scene.claim(requests, LIMIT)
      assert.equal(outcomes.length, cases.length, 'one outcome for each request')
      const found = await Promise.all(
        // Of the same length.
        cases.map(({ one }, index) => seen(scene, one, outcomes[index] as ClaimOutcome)),
      )
      for (const [index, { what }] of cases.entries()) {
        assert.deepEqual(found[index], alone.get(what), `${what}: number ${index + 1} of ${cases.length}`)
      }
    }
  },
}

interface Case {
  /** What is there before; `undefined`: nothing. */
  readonly record?: Partial<IdempotencyRecord>
  readonly request?: Partial<ClaimRequest>
  /** The request comes from the owner of the record. */
  readonly own?: boolean
}

/** The rows of the protocol's claim table. */
const CASES: Readonly<Record<string, (scene: Scene) => Case>> = {
  absent: () => ({}),
  'absent, without payload and message': () => ({
    request: { fingerprint: undefined, messageId: undefined },
  }),
  duplicate: () => ({ record: { status: 'COMPLETED', result: '"kept"' } }),
  'another payload of a completed one': () => ({
    record: { status: 'COMPLETED' },
    request: { fingerprint: 'another' },
  }),
  'another payload of a running one': () => ({ record: {}, request: { fingerprint: 'another' } }),
  busy: () => ({ record: {} }),
  'busy without a lease': () => ({ record: { leaseUntil: undefined } }),
  'without a lease, after its window': ({ stale }) => ({
    record: { leaseUntil: undefined, expiresAt: stale - 1, attempts: 2 },
  }),
  takeover: ({ stale }) => ({
    record: { leaseUntil: stale - 1, attempts: MAX_ATTEMPTS - 1, failure: 'TypeError', result: '"former"' },
  }),
  'giving up': ({ stale }) => ({
    record: { leaseUntil: stale - 1, attempts: MAX_ATTEMPTS, failure: 'TypeError', messageId: 'former' },
  }),
  retry: () => ({ record: { status: 'FAILED', attempts: 2, failure: 'TypeError', firstSeenAt: 1 } }),
  'retry with a corrected payload': () => ({
    record: { status: 'FAILED' },
    request: { fingerprint: 'corrected' },
  }),
  'retry without payload and message': () => ({
    record: { status: 'FAILED', messageId: 'former' },
    request: { fingerprint: undefined, messageId: undefined },
  }),
  expired: ({ stale }) => ({
    record: { status: 'COMPLETED', expiresAt: stale - 1, attempts: 4, result: '"former"' },
  }),
  poisoned: () => ({ record: { status: 'POISONED', failure: 'RangeError' } }),
  'sent again': ({ now }) => ({
    record: { status: 'POISONED', poisonedAt: now - 60_000, failure: 'RangeError' },
    request: { sentAt: now },
  }),
  'the own claim': () => ({ record: { attempts: 2 }, own: true }),
  'the own completion': () => ({ record: { status: 'COMPLETED' }, own: true }),
  'released by its owner': () => ({ record: { status: 'FAILED' }, own: true }),
  'another version': () => ({ record: { status: 'FAILED', schemaVersion: SCHEMA_VERSION + 1 } }),
}

interface Prepared {
  readonly former: string | undefined
  readonly request: ClaimRequest
}

async function prepared(scene: Scene, made: Case, redelivered: boolean): Promise<Prepared> {
  const before = made.record === undefined ? undefined : await scene.given(made.record)
  const owner = made.own ? before?.owner : undefined
  return {
    former: before?.owner,
    request: scene.request({
      ...{ id: before?.id ?? scene.id(), owner: owner ?? scene.token(), redelivered },
      ...made.request,
    }),
  }
}

async function seen(scene: Scene, { former = '', request }: Prepared, outcome: ClaimOutcome): Promise<Seen> {
  const names = { [former]: 'the former owner', [request.owner]: 'the asker' }
  const left = nameless(await scene.record(request.id), names)
  switch (outcome.kind) {
    case 'claimed': {
      // A store that recognised its own write, after its answer was lost, cannot know the origin.
      const { kind, fence, attempt } = outcome
      return { outcome: { kind, fence, attempt }, left }
    }
    case 'duplicate':
    case 'poisoned': {
      const { status, attempts, fingerprint, result, failure, poisonedAt } = outcome.record
      const told = { status, attempts, fingerprint, result, failure, poisonedAt }
      return { outcome: { kind: outcome.kind, ...told }, left }
    }
    case 'mismatch':
      return { outcome: { kind: 'mismatch' }, left }
    default:
      return { outcome, left }
  }
}
