import assert from 'node:assert/strict'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { ClaimOrigin } from '../../store/contract.ts'
import { settledAs } from './expected.ts'
import { refused } from './refused.ts'
import { FORMS, granted, holding, type Scene } from './scene.ts'
import type { Rules } from './subject.ts'

/** A claim whose handler was never started leaves no lease and no attempt behind. */
export const giveBackRules: Rules = {
  async 'give back: FAILED without a lease and with one attempt less, whatever was claimed; all else stays, the failure too'(
    scene,
  ) {
    for (const [origin, before] of await claimables(scene)) {
      const request = scene.request({ id: before.id, redelivered: true, sentAt: scene.now })
      const outcome = granted(await scene.claimOne(request), origin)
      const claim = holding(request, outcome)
      const held = (await scene.record(claim.id)) as IdempotencyRecord
      const settlement = scene.giveBack(claim)
      assert.deepEqual(await scene.settle(settlement), { kind: 'released' }, origin)
      const attempts = outcome.attempt - 1
      await scene.left(settledAs(held, settlement, { status: 'FAILED', attempts }), `${origin}, given back`)
      assert.equal((await scene.record(claim.id))?.failure, before.failure, 'the failure stays')
    }
  },

  async 'given back: the next claim gets the same attempt number, under a fence that grows on'(scene) {
    for (const form of FORMS) {
      for (const [origin, before] of await claimables(scene)) {
        const request = scene.request({ id: before.id, redelivered: true, sentAt: scene.now })
        const first = granted(await scene.claimOne(request), origin)
        await scene.settle(scene.giveBack(holding(request, first)))
        const second = granted(await scene.ask(form, scene.request({ id: before.id })), 'retry')
        assert.deepEqual([second.attempt, second.fence], [first.attempt, first.fence + 1], origin)
      }
    }
  },

  async 'give back asked twice is released, and a later claim of another is not undone by it'(scene) {
    const claim = await scene.held()
    await scene.settle(scene.giveBack(claim))
    const given = (await scene.record(claim.id)) as IdempotencyRecord
    assert.deepEqual(await scene.settle(scene.giveBack(claim)), { kind: 'released' })
    await scene.untouched(given, 'a second giving back')
    await scene.held({ id: claim.id })
    const retried = (await scene.record(claim.id)) as IdempotencyRecord
    assert.equal((await scene.settle(scene.giveBack(claim))).kind, 'lease-lost')
    await scene.untouched(retried, 'a giving back that came late')
  },

  async 'give back, not mine: lease lost, nothing touched'(scene) {
    await refused(scene, (claim) => scene.giveBack(claim))
  },

  async 'give back after the own completion, release or giving up: nothing changes'(scene) {
    const ways = [scene.completion.bind(scene), scene.release.bind(scene)]
    for (const settle of ways) {
      const claim = await scene.held()
      await scene.settle(settle(claim))
      await unchanged(scene, claim.id, async () => {
        await scene.settle(scene.giveBack(claim))
      })
    }
    const poisoned = await scene.held()
    await scene.settle(scene.release(poisoned, 'POISONED'))
    await unchanged(scene, poisoned.id, async () => {
      assert.equal((await scene.settle(scene.giveBack(poisoned))).kind, 'lease-lost')
    })
  },

  async 'after giving back, completing and extending are lost, and releasing takes no attempt more'(scene) {
    const claim = await scene.held()
    await scene.settle(scene.giveBack(claim))
    await unchanged(scene, claim.id, async () => {
      assert.equal((await scene.settle(scene.completion(claim))).kind, 'lease-lost')
      assert.equal((await scene.settle(scene.extension(claim))).kind, 'lease-lost')
      await scene.settle(scene.release(claim))
    })
  },
}

interface Claimable {
  readonly id: string
  readonly failure?: string | undefined
}

/** An id for each reason to be granted a claim, with what the last failure left where there was one. */
async function claimables(scene: Scene): Promise<[ClaimOrigin, Claimable][]> {
  const past = scene.stale - 1
  const failure = 'RangeError'
  return [
    ['fresh', { id: scene.id() }],
    ['takeover', await scene.given({ leaseUntil: past, attempts: 3, failure })],
    ['retry', await scene.given({ status: 'FAILED', attempts: 2, failure })],
    ['retry', await scene.given({ status: 'FAILED', attempts: 0 })],
    ['expired', await scene.given({ status: 'COMPLETED', expiresAt: past, attempts: 5 })],
    ['resent', await scene.given({ status: 'POISONED', poisonedAt: scene.now - 60_000, failure })],
  ]
}

/** @throws AssertionError when `work` changes the record */
async function unchanged(scene: Scene, id: string, work: () => Promise<void>): Promise<void> {
  const before = (await scene.record(id)) as IdempotencyRecord
  await work()
  await scene.untouched(before, 'what comes after')
}
