import assert from 'node:assert/strict'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import type { HeldClaim } from '../../store/contract.ts'
import { settledAs } from './expected.ts'
import { own, strange } from './holder.ts'
import { refused } from './refused.ts'
import { WINDOW_MS } from './scene.ts'
import type { Rules } from './subject.ts'

/** The settle rules: what complete, release and extend write, and that nobody but the holder writes anything. */
export const settleRules: Rules = {
  async 'complete: COMPLETED with its window, no lease; owner, fence, attempts and fingerprint stay'(scene) {
    const claim = await scene.held()
    const before = await scene.record(claim.id)
    const completion = scene.completion(claim)
    assert.deepEqual(await scene.settle(completion), { kind: 'completed', duplicateEffect: false })
    const { completedAt } = completion
    const expected = settledAs(before as IdempotencyRecord, completion, { status: 'COMPLETED', completedAt })
    await scene.left(expected, 'what a completion leaves')
  },

  async 'complete: audit and the last failure stay, a former result goes only for a new one'(scene) {
    const failure = 'TypeError'
    for (const result of [undefined, '"new"']) {
      const before = await scene.given({
        attempts: 3,
        failure,
        messageId: 'm',
        receiveCount: 4,
        result: '"old"',
      })
      const completion = scene.completion(own(before), result)
      await scene.settle(completion)
      const { completedAt } = completion
      const changes = { status: 'COMPLETED', completedAt, result: result ?? before.result }
      await scene.left(settledAs(before, completion, changes), 'what a completion leaves')
    }
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
      const before = (await scene.record(claim.id)) as IdempotencyRecord
      const release = scene.release(claim, status)
      assert.deepEqual(await scene.settle(release), { kind: 'released' })
      const poisoned = status === 'POISONED' ? { poisonedAt: scene.now } : undefined
      const expected = settledAs(before, release, { status, failure: 'TypeError', ...poisoned })
      await scene.left(expected, 'what a release leaves')
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

  async 'extend never cuts: one that comes late leaves the lease and the window of a longer one'(scene) {
    const claim = await scene.held({ leaseUntil: scene.now + 10_000 })
    await scene.settle(scene.extension(claim, scene.now + 90_000))
    const longest = (await scene.record(claim.id)) as IdempotencyRecord
    for (const leaseUntil of [scene.now + 60_000, scene.now + 89_999, scene.now + 90_000]) {
      assert.deepEqual(await scene.settle(scene.extension(claim, leaseUntil)), { kind: 'extended' })
      await scene.untouched(longest, 'an extension that comes late')
    }
    await scene.settle(scene.extension(claim, scene.now + 90_001))
    assert.equal((await scene.record(claim.id))?.leaseUntil, scene.now + 90_001)
  },

  async 'extend, not mine or settled: lease lost, nothing touched'(scene) {
    await refused(scene, (claim) => scene.extension(claim))
    const claim = await scene.held()
    await scene.settle(scene.completion(claim))
    const completed = (await scene.record(claim.id)) as IdempotencyRecord
    assert.equal((await scene.settle(scene.extension(claim))).kind, 'lease-lost')
    await scene.untouched(completed, 'an extension after the completion')
  },

  async 'release, give back and extend never create a record'(scene) {
    const claim: HeldClaim = {
      ...{ id: scene.id(), owner: scene.token(), fence: scene.now, attempt: 1, fingerprint: undefined },
    }
    for (const settlement of [
      scene.release(claim),
      scene.release(claim, 'POISONED'),
      scene.giveBack(claim),
      scene.extension(claim),
    ]) {
      assert.equal((await scene.settle(settlement)).kind, 'lease-lost')
      assert.equal(await scene.record(claim.id), undefined)
    }
  },
}
