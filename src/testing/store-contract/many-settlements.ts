import assert from 'node:assert/strict'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { HeldClaim, Settlement, SettleOutcome } from '../../store/contract.ts'
import { own, strange } from './holder.ts'
import { copiesOf, nameless, type Seen } from './many.ts'
import type { Scene } from './scene.ts'
import type { Rules } from './subject.ts'

type SettleMany = (settlements: readonly Settlement[]) => Promise<readonly SettleOutcome[]>

/** As for many claims: what many settlements leave, in one call or in concurrent ones, is what each of them leaves alone. */
export const manySettlementsRules: Rules = {
  async 'many settlements in one call: each gets the answer, and leaves the record, that it would alone'(
    scene,
  ) {
    assert.deepEqual(await scene.settleAll([]), [])
    await sameAsAlone(scene, (settlements) => scene.settleAll(settlements))
  },

  async 'many calls at once: each settlement gets the answer, and leaves the record, that it would alone'(
    scene,
  ) {
    await sameAsAlone(scene, (settlements) => Promise.all(settlements.map((one) => scene.settle(one))))
  },
}

async function sameAsAlone(scene: Scene, settleMany: SettleMany): Promise<void> {
  const alone = new Map<string, Seen>()
  for (const [what, make] of Object.entries(CASES)) {
    const one = await prepared(scene, make(scene))
    alone.set(what, await seen(scene, one, await scene.settle(one.settlement)))
  }
  const cases = await copiesOf(scene, CASES, (made) => prepared(scene, made))
  const outcomes = await settleMany(cases.map(({ one }) => one.settlement))
  assert.equal(outcomes.length, cases.length, 'one outcome for each settlement')
  const found = await Promise.all(
    // Of the same length.
    cases.map(({ one }, index) => seen(scene, one, outcomes[index] as SettleOutcome)),
  )
  for (const [index, { what }] of cases.entries()) {
    assert.deepEqual(found[index], alone.get(what), `${what}: number ${index + 1} of ${cases.length}`)
  }
}

interface Case {
  /** What there is before: a running record unless said otherwise; `'absent'`: nothing. */
  readonly record?: Partial<IdempotencyRecord> | 'absent'
  /** Who settles it. @default the one that the record shows */
  readonly claim?: (record: IdempotencyRecord) => HeldClaim
  readonly settlement: (claim: HeldClaim) => Settlement
}

/** A running record with all that a settlement must leave as it is. */
const HELD = { attempts: 3, failure: 'SyntaxError', messageId: 'former', receiveCount: 3, firstSeenAt: 1 }

/** Each settlement by its holder, and by whoever is not. */
const CASES: Readonly<Record<string, (scene: Scene) => Case>> = {
  complete: (scene) => ({ record: HELD, settlement: (claim) => scene.completion(claim) }),
  'complete with a result': (scene) => ({
    record: HELD,
    settlement: (claim) => scene.completion(claim, '{"charge":"c-1"}'),
  }),
  'complete what is gone': (scene) => ({
    record: 'absent',
    settlement: (claim) => scene.completion(claim),
  }),
  'complete what another has completed': (scene) => ({
    record: { status: 'COMPLETED' },
    claim: strange,
    settlement: (claim) => scene.completion(claim, '"second"'),
  }),
  'complete again': (scene) => ({
    record: { status: 'COMPLETED' },
    settlement: (claim) => scene.completion(claim),
  }),
  'complete under a former fence': (scene) => ({
    claim: former,
    settlement: (claim) => scene.completion(claim),
  }),
  'complete as another': (scene) => ({ claim: strange, settlement: (claim) => scene.completion(claim) }),
  release: (scene) => ({ record: HELD, settlement: (claim) => scene.release(claim) }),
  'give up': (scene) => ({ record: HELD, settlement: (claim) => scene.release(claim, 'POISONED') }),
  'release what is gone': (scene) => ({ record: 'absent', settlement: (claim) => scene.release(claim) }),
  'release under a former fence': (scene) => ({
    claim: former,
    settlement: (claim) => scene.release(claim),
  }),
  'give back': (scene) => ({ record: HELD, settlement: (claim) => scene.giveBack(claim) }),
  'give back again': (scene) => ({
    record: { status: 'FAILED', attempts: 2 },
    settlement: (claim) => scene.giveBack(claim),
  }),
  'give back as another': (scene) => ({ claim: strange, settlement: (claim) => scene.giveBack(claim) }),
  extend: (scene) => ({ record: HELD, settlement: (claim) => scene.extension(claim) }),
  'extend late': (scene) => ({
    record: { leaseUntil: scene.now + 600_000 },
    settlement: (claim) => scene.extension(claim),
  }),
  'extend as another': (scene) => ({ claim: strange, settlement: (claim) => scene.extension(claim) }),
  'extend what is completed': (scene) => ({
    record: { status: 'COMPLETED' },
    settlement: (claim) => scene.extension(claim),
  }),
}

function former(record: IdempotencyRecord): HeldClaim {
  return { ...own(record), fence: record.fence - 1 }
}

interface Prepared {
  readonly owner: string
  readonly settlement: Settlement
}

async function prepared(scene: Scene, made: Case): Promise<Prepared> {
  const record = await scene.given(made.record === 'absent' ? HELD : made.record)
  const claim = (made.claim ?? own)(record)
  const { owner } = record
  if (made.record !== 'absent') return { owner, settlement: made.settlement(claim) }
  return { owner, settlement: made.settlement({ ...claim, id: scene.id() }) }
}

async function seen(scene: Scene, { owner, settlement }: Prepared, outcome: SettleOutcome): Promise<Seen> {
  const { claim } = settlement
  const left = nameless(await scene.record(claim.id), { [claim.owner]: 'the claimant', [owner]: 'the owner' })
  // The words beside a lost lease are for people.
  return { outcome: outcome.kind === 'completed' ? outcome : { kind: outcome.kind }, left }
}
