import assert from 'node:assert/strict'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { HeldClaim, Settlement } from '../../store/contract.ts'
import { granted, type Scene, WINDOW_MS } from './scene.ts'
import type { Rules } from './subject.ts'

/** The settle rules: what complete, release and extend write, and that nobody but the holder writes anything. */
export const settleRules: Rules = {
  async 'complete: COMPLETED with its window, no lease; owner, fence, attempts and fingerprint stay'(scene) {
    const claim = await scene.held()
    const before = await scene.record(claim.id)
    const completion = scene.completion(claim)
    assert.deepEqual(await scene.settle(completion), { kind: 'completed', duplicateEffect: false })
    const { leaseUntil: _, ...kept } = before as IdempotencyRecord
    const { completedAt, expiresAt } = completion
    const written = { status: 'COMPLETED', completedAt, expiresAt, ttl: ttlSeconds(expiresAt) }
    assert.deepEqual(await scene.record(claim.id), { ...kept, ...written })
  },

  async 'complete: the result is stored when there is one, and given back with the duplicate'(scene) {
    const claim = await scene.held()
    await scene.settle(scene.completion(claim, '{"charge":"c-1"}'))
    const outcome = await scene.claimOne(scene.request({ id: claim.id }))
    if (outcome.kind !== 'duplicate') assert.fail(`expected duplicate, got ${JSON.stringify(outcome)}`)
    assert.equal(outcome.record.result, '{"charge":"c-1"}')
    const bare = await scene.held()
    await scene.settle(scene.completion(bare))
    assert.equal((await scene.record(bare.id))?.result, undefined)
  },

  async 'complete, found COMPLETED and mine: success, no duplicate effect'(scene) {
    const claim = await scene.held()
    await scene.settle(scene.completion(claim))
    const again = await scene.settle(scene.completion(claim))
    assert.deepEqual(again, { kind: 'completed', duplicateEffect: false })
  },

  async 'complete, found COMPLETED by another: success, and the effect is counted as done twice'(scene) {
    const other = await scene.given({ status: 'COMPLETED' })
    const outcome = await scene.settle(scene.completion(strange(other), '"mine"'))
    assert.deepEqual(outcome, { kind: 'completed', duplicateEffect: true })
    await scene.untouched(other, 'a completion by another owner')
  },

  async 'complete, anything else not mine: lease lost, nothing touched'(scene) {
    await refused(scene, (claim) => scene.completion(claim))
  },

  async 'complete after the own release: lease lost, nothing touched'(scene) {
    const claim = await scene.held()
    await scene.settle(scene.release(claim))
    const released = (await scene.record(claim.id)) as IdempotencyRecord
    assert.equal((await scene.settle(scene.completion(claim))).kind, 'lease-lost')
    await scene.untouched(released, 'a completion after the release')
  },

  async 'complete, record absent: a COMPLETED record is put, and a redelivery is a duplicate'(scene) {
    const claim: HeldClaim = {
      ...{ id: scene.id(), owner: scene.token(), fence: scene.now, attempt: 2, fingerprint: 'payload' },
    }
    const completion = scene.completion(claim, '"kept"')
    assert.deepEqual(await scene.settle(completion), { kind: 'completed', duplicateEffect: false })
    const { id, owner, fence, fingerprint } = claim
    const { completedAt, expiresAt } = completion
    assert.deepEqual(await scene.record(id), {
      ...{ id, owner, fence, fingerprint, attempts: 2, completedAt, expiresAt, result: '"kept"' },
      ...{ schemaVersion: SCHEMA_VERSION, status: 'COMPLETED', ttl: ttlSeconds(expiresAt) },
    })
    assert.equal((await scene.claimOne(scene.request({ id }))).kind, 'duplicate')
  },

  async 'release: FAILED or POISONED with the name of the failure, no lease; owner, fence and attempts stay'(
    scene,
  ) {
    for (const status of ['FAILED', 'POISONED'] as const) {
      const claim = await scene.held()
      const { leaseUntil: _, ...kept } = (await scene.record(claim.id)) as IdempotencyRecord
      assert.deepEqual(await scene.settle(scene.release(claim, status)), { kind: 'released' })
      const { expiresAt } = scene.completion(claim)
      assert.deepEqual(await scene.record(claim.id), {
        ...{ ...kept, status, failure: 'TypeError', expiresAt, ttl: ttlSeconds(expiresAt) },
        ...(status === 'POISONED' ? { poisonedAt: scene.now } : undefined),
      })
    }
  },

  async 'release asked twice is released, and a later claim of another is not undone by it'(scene) {
    const claim = await scene.held()
    await scene.settle(scene.release(claim))
    assert.deepEqual(await scene.settle(scene.release(claim)), { kind: 'released' })
    await scene.held({ id: claim.id })
    const retried = (await scene.record(claim.id)) as IdempotencyRecord
    assert.equal((await scene.settle(scene.release(claim))).kind, 'lease-lost')
    await scene.untouched(retried, 'a release that came late')
  },

  async 'release, not mine: nothing changes'(scene) {
    await refused(scene, (claim) => scene.release(claim))
    await refused(scene, (claim) => scene.release(claim, 'POISONED'))
  },

  async 'release after the own completion: nothing changes'(scene) {
    const claim = await scene.held()
    await scene.settle(scene.completion(claim))
    const completed = (await scene.record(claim.id)) as IdempotencyRecord
    assert.equal((await scene.settle(scene.release(claim))).kind, 'lease-lost')
    await scene.untouched(completed, 'a release after the completion')
  },

  async 'extend: the new lease holds, the window moves with it, nothing else changes'(scene) {
    const claim = await scene.held({ leaseUntil: scene.stale - 1 })
    const before = (await scene.record(claim.id)) as IdempotencyRecord
    const leaseUntil = scene.now + 90_000
    const expiresAt = leaseUntil + WINDOW_MS
    assert.deepEqual(await scene.settle(scene.extension(claim, leaseUntil)), { kind: 'extended' })
    const after = { ...before, leaseUntil, expiresAt, ttl: ttlSeconds(expiresAt) }
    await scene.untouched(after, 'an extension, lease and window apart,')
    const outcome = await scene.claimOne(scene.request({ id: claim.id, redelivered: true }))
    assert.deepEqual(outcome, { kind: 'busy', leaseUntil, reason: 'lease' })
  },

  async 'extend, not mine or settled: lease lost, nothing touched'(scene) {
    await refused(scene, (claim) => scene.extension(claim))
    const claim = await scene.held()
    await scene.settle(scene.completion(claim))
    const completed = (await scene.record(claim.id)) as IdempotencyRecord
    assert.equal((await scene.settle(scene.extension(claim))).kind, 'lease-lost')
    await scene.untouched(completed, 'an extension after the completion')
  },

  async 'release and extend never create a record'(scene) {
    const claim: HeldClaim = {
      ...{ id: scene.id(), owner: scene.token(), fence: scene.now, attempt: 1, fingerprint: undefined },
    }
    for (const settlement of [
      scene.release(claim),
      scene.release(claim, 'POISONED'),
      scene.extension(claim),
    ]) {
      assert.equal((await scene.settle(settlement)).kind, 'lease-lost')
      assert.equal(await scene.record(claim.id), undefined)
    }
  },

  async 'many at once: each gets its own answer, in the order of the settlements'(scene) {
    assert.deepEqual(await scene.settleAll([]), [])
    const settlements: Settlement[] = []
    const expected: string[] = []
    const requests = Array.from({ length: 60 }, () => scene.request())
    const claims = await scene.claim(requests)
    for (const [index, { id, owner, fingerprint }] of requests.entries()) {
      const { fence, attempt } = granted(claims[index] ?? { kind: 'mismatch' })
      const claim = { id, owner, fence, attempt, fingerprint }
      const forms: [Settlement, string][] = [
        [scene.completion(claim), 'completed'],
        [scene.release(claim), 'released'],
        [scene.extension(claim), 'extended'],
        [scene.completion({ ...claim, fence: fence - 1 }), 'lease-lost'],
      ]
      const [settlement, kind] = forms[index % forms.length] as [Settlement, string]
      settlements.push(settlement)
      expected.push(kind)
    }
    const outcomes = await scene.settleAll(settlements)
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      expected,
    )
  },
}

/** Whoever does not hold the claim changes nothing: another owner, another fence, another status. */
async function refused(scene: Scene, settlementOf: (claim: HeldClaim) => Settlement): Promise<void> {
  const held = await scene.given()
  const cases: [string, IdempotencyRecord, HeldClaim][] = [
    ['IN_PROGRESS of another owner', held, strange(held)],
    ['IN_PROGRESS of mine under another fence', held, { ...own(held), fence: held.fence - 1 }],
  ]
  for (const status of ['FAILED', 'POISONED', 'PAUSED']) {
    const other = await scene.given({ status })
    cases.push([`${status} by another owner`, other, strange(other)])
  }
  const newer = await scene.given({ status: 'COMPLETED', schemaVersion: SCHEMA_VERSION + 1 })
  cases.push(['COMPLETED by another version', newer, strange(newer)])
  for (const [what, record, claim] of cases) {
    const settlement = settlementOf(claim)
    assert.equal((await scene.settle(settlement)).kind, 'lease-lost', `${settlement.kind}: ${what}`)
    await scene.untouched(record, `${settlement.kind} of what is ${what}`)
  }
}

/** The claim that a record shows. */
function own({ id, owner, fence, attempts, fingerprint }: IdempotencyRecord): HeldClaim {
  return { id, owner, fence, attempt: attempts, fingerprint }
}

/** A claim of the same id under another owner, whose fence happens to be the same. */
function strange(record: IdempotencyRecord): HeldClaim {
  return { ...own(record), owner: `not-${record.owner.slice(0, 18)}` }
}
