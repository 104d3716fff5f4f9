import assert from 'node:assert/strict'
import { ATTEMPTS_EXHAUSTED } from '../../protocol/record.ts'
import { claimedOver, givenUp } from './expected.ts'
import { own } from './holder.ts'
import { askedAs, FORMS, granted, type Scene } from './scene.ts'
import type { Rules } from './subject.ts'

/** What kills its process must not run for ever: a stuck record that was claimed `maxAttempts` times is given up. */
export const giveUpRules: Rules = {
  async 'stuck, and claimed maxAttempts times: POISONED under a new owner and fence instead of taken over'(
    scene,
  ) {
    for (const form of FORMS) {
      for (const attempts of [3, 4]) {
        const record = await exhausted(scene, { attempts, failure: 'TypeError', messageId: 'former' })
        const request = scene.request({ id: record.id })
        const outcome = await scene.ask(form, request, { maxAttempts: 3 })
        if (outcome.kind !== 'poisoned') assert.fail(`expected poisoned, got ${JSON.stringify(outcome)}`)
        const { id, status, failure, poisonedAt } = outcome.record
        assert.deepEqual(
          [id, status, failure, poisonedAt, outcome.record.attempts],
          [record.id, 'POISONED', ATTEMPTS_EXHAUSTED, scene.now, attempts],
        )
        await scene.left(givenUp(record, request, scene.now), 'the record that was given up')
      }
    }
  },

  async 'stuck, and claimed less often than maxAttempts, or without a limit: taken over'(scene) {
    for (const form of FORMS) {
      for (const [attempts, maxAttempts] of [
        [2, 3],
        [1, 2],
        [40, undefined],
        [40, Infinity],
      ] as const) {
        const record = await exhausted(scene, { attempts })
        const request = scene.request({ id: record.id })
        const { attempt } = granted(await scene.ask(form, request, { maxAttempts }), 'takeover')
        assert.equal(attempt, attempts + 1)
        await scene.left(claimedOver(record, askedAs(form, request), attempt), 'a takeover below the limit')
      }
    }
  },

  async 'maxAttempts is a limit for what is stuck alone: a live lease is busy, what failed, expired or was sent again is claimed'(
    scene,
  ) {
    const chosen = { maxAttempts: 3 }
    for (const form of FORMS) {
      for (const leaseUntil of [scene.now + 1, scene.stale]) {
        const live = await exhausted(scene, { leaseUntil })
        const outcome = await scene.ask(form, scene.request({ id: live.id }), chosen)
        assert.deepEqual(outcome, { kind: 'busy', leaseUntil, reason: 'lease' })
        await scene.untouched(live, 'a busy answer')
      }
      const failed = await scene.given({ status: 'FAILED', attempts: 3 })
      granted(await scene.ask(form, scene.request({ id: failed.id }), chosen), 'retry')
      const over = await scene.given({ status: 'COMPLETED', attempts: 3, expiresAt: scene.stale - 1 })
      granted(await scene.ask(form, scene.request({ id: over.id }), chosen), 'expired')
      const poisonedAt = scene.now - 60_000
      const poisoned = await scene.given({ status: 'POISONED', attempts: 3, poisonedAt })
      granted(await scene.ask(form, scene.request({ id: poisoned.id, sentAt: scene.now }), chosen), 'resent')
    }
  },

  async 'stuck, claimed maxAttempts times and asked with another payload: mismatch, not given up'(scene) {
    for (const form of FORMS) {
      const record = await exhausted(scene)
      const request = scene.request({ id: record.id, fingerprint: 'another' })
      assert.equal((await scene.ask(form, request, { maxAttempts: 3 })).kind, 'mismatch')
      await scene.untouched(record, 'a mismatch')
    }
  },

  async 'given up: the former owner changes nothing, and a copy of the request that did it finds it POISONED'(
    scene,
  ) {
    for (const form of FORMS) {
      const record = await exhausted(scene)
      const request = scene.request({ id: record.id })
      await scene.ask(form, request, { maxAttempts: 3 })
      const expected = givenUp(record, request, scene.now)
      await scene.left(expected, 'the record that was given up')
      const former = own(record)
      for (const settlement of [
        scene.completion(former),
        scene.release(former),
        scene.release(former, 'POISONED'),
        scene.giveBack(former),
        scene.extension(former),
      ]) {
        assert.equal((await scene.settle(settlement)).kind, 'lease-lost', settlement.kind)
        await scene.left(expected, `${settlement.kind} by the former owner must leave the record as it was`)
      }
      for (const copy of [request, scene.request({ id: record.id })]) {
        assert.equal((await scene.ask(form, copy, { maxAttempts: 3 })).kind, 'poisoned')
        await scene.left(expected, 'a poisoned answer must leave the record as it was')
      }
    }
  },

  async 'given up, and sent again since: claimed as if new'(scene) {
    for (const form of FORMS) {
      const record = await exhausted(scene)
      await scene.ask(form, scene.request({ id: record.id }), { maxAttempts: 3 })
      const margin = scene.now - scene.stale
      const early = scene.request({ id: record.id, sentAt: scene.now + margin })
      assert.equal((await scene.ask(form, early, { maxAttempts: 3 })).kind, 'poisoned')
      const request = scene.request({ id: record.id, sentAt: scene.now + margin + 1 })
      const { fence, attempt } = granted(await scene.ask(form, request, { maxAttempts: 3 }), 'resent')
      assert.deepEqual([fence, attempt], [record.fence + 2, 1])
    }
  },
}

/** A stuck record that was claimed three times. */
function exhausted(scene: Scene, changes: Parameters<Scene['given']>[0] = {}) {
  return scene.given({ leaseUntil: scene.stale - 1, attempts: 3, ...changes })
}
