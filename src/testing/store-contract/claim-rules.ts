import assert from 'node:assert/strict'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { RecordStatus } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import { claimedOver } from './expected.ts'
import { askedAs, FORMS, granted, met } from './scene.ts'
import type { Rules } from './subject.ts'

const STATUSES: readonly RecordStatus[] = ['IN_PROGRESS', 'COMPLETED', 'FAILED', 'POISONED']

/** The table "observed item, decision" of the protocol, each row in all four forms in which a claim can come. */
export const claimRules: Rules = {
  async 'no record: the claim is granted, and the record is written as asked'(scene) {
    for (const form of FORMS) {
      const request = scene.request()
      const outcome = granted(await scene.ask(form, request), 'fresh')
      assert.equal(outcome.attempt, 1)
      assert.equal(outcome.fence, scene.now, 'a first fence starts from the clock, to grow across deletions')
      const record = await scene.record(request.id)
      assert.ok(record, 'the claim must be durable before the answer')
      const { id, owner, fingerprint, leaseUntil, expiresAt } = request
      const { messageId, receiveCount } = askedAs(form, request)
      assert.deepEqual(record, {
        ...{ id, owner, fingerprint, leaseUntil, expiresAt, messageId, receiveCount },
        ...{ schemaVersion: SCHEMA_VERSION, status: 'IN_PROGRESS', fence: outcome.fence, attempts: 1 },
        ...{ ttl: ttlSeconds(expiresAt), firstSeenAt: scene.now },
      })
    }
  },

  async 'a claim without fingerprint and without message id is written without them'(scene) {
    for (const form of FORMS) {
      const request = scene.request({ fingerprint: undefined, messageId: undefined })
      granted(await scene.ask(form, request), 'fresh')
      const record = await scene.record(request.id)
      assert.deepEqual([record?.fingerprint, record?.messageId], [undefined, undefined])
    }
  },

  async 'owner is mine and IN_PROGRESS: the own write is recognised, with the same fence and attempt'(scene) {
    for (const form of FORMS) {
      const request = scene.request()
      const first = granted(await scene.ask(form, request))
      const again = granted(await scene.ask(form, request))
      assert.deepEqual([again.ownWrite, again.fence, again.attempt], [true, first.fence, first.attempt])
    }
  },

  async 'owner is mine comes before lease, payload and window: a copy of a claim that comes late changes nothing'(
    scene,
  ) {
    for (const form of FORMS) {
      const past = { leaseUntil: scene.stale - 1, expiresAt: scene.stale - 1 }
      const held = await scene.given({ leaseUntil: scene.stale - 1 })
      const own = granted(await scene.ask(form, scene.request({ id: held.id, owner: held.owner })))
      assert.deepEqual([own.ownWrite, own.fence, own.attempt], [true, held.fence, held.attempts])
      await scene.untouched(held, 'a copy of the own claim')
      for (const changes of [past, {}]) {
        const failed = await scene.given({ status: 'FAILED', ...changes, leaseUntil: undefined })
        const outcome = await scene.ask(form, scene.request({ id: failed.id, owner: failed.owner }))
        assert.equal(outcome.kind, 'busy', 'what its owner has released is not claimed again by a late copy')
        await scene.untouched(failed, 'a late copy of a claim')
      }
    }
  },

  async 'owner is mine and COMPLETED: done, nothing runs again'(scene) {
    for (const form of FORMS) {
      const mine = await scene.given({ status: 'COMPLETED' })
      const outcome = await scene.ask(form, scene.request({ id: mine.id, owner: mine.owner }))
      assert.equal(outcome.kind, 'duplicate')
      await scene.untouched(mine, 'an own completion')
    }
  },

  async 'another fingerprint inside the window of what runs or is completed: mismatch, nothing of the record but its fingerprint told, nothing changed'(
    scene,
  ) {
    for (const form of FORMS) {
      for (const status of ['IN_PROGRESS', 'COMPLETED']) {
        const lease = status === 'IN_PROGRESS' ? { leaseUntil: scene.stale - 1 } : {}
        const record = await scene.given({ status, result: '"secret"', ...lease })
        const outcome = await scene.ask(form, scene.request({ id: record.id, fingerprint: 'another' }))
        if (outcome.kind !== 'mismatch') assert.fail(`expected mismatch, got ${outcome.kind} (${status})`)
        const { kind: _, fingerprint = record.fingerprint, ...more } = outcome
        assert.deepEqual([fingerprint, more], [record.fingerprint, {}], status)
        await scene.untouched(record, 'a mismatch')
      }
    }
  },

  async 'another fingerprint where nothing was completed: claimed again, and the new one is taken'(scene) {
    for (const form of FORMS) {
      for (const status of ['FAILED', 'POISONED']) {
        const poisonedAt = status === 'POISONED' ? scene.now - 60_000 : undefined
        const record = await scene.given({ status, poisonedAt, attempts: 2, failure: 'SyntaxError' })
        const request = scene.request({ id: record.id, fingerprint: 'corrected', sentAt: scene.now })
        granted(await scene.ask(form, request), status === 'FAILED' ? 'retry' : 'resent')
        const expected = claimedOver(record, askedAs(form, request), status === 'FAILED' ? 3 : 1)
        await scene.left(expected, `${status}, and a corrected payload`)
        const former = scene.request({ id: record.id })
        assert.equal((await scene.ask(form, former)).kind, 'mismatch', 'the corrected payload runs now')
      }
    }
  },

  async 'another fingerprint is no way past POISONED: not claimed unless sent again since'(scene) {
    for (const form of FORMS) {
      const record = await scene.given({ status: 'POISONED', poisonedAt: scene.now - 60_000 })
      for (const sentAt of [undefined, scene.now - 60_000]) {
        const request = scene.request({ id: record.id, fingerprint: 'corrected', sentAt })
        assert.equal((await scene.ask(form, request)).kind, 'poisoned')
        await scene.untouched(record, 'a poisoned answer')
      }
    }
  },

  async 'a fingerprint is compared only when both sides have one'(scene) {
    for (const form of FORMS) {
      const without = await scene.given({ status: 'COMPLETED', fingerprint: undefined })
      assert.equal((await scene.ask(form, scene.request({ id: without.id }))).kind, 'duplicate')
      const failed = await scene.given({ status: 'FAILED', fingerprint: undefined })
      granted(await scene.ask(form, scene.request({ id: failed.id })), 'retry')
      assert.equal((await scene.record(failed.id))?.fingerprint, 'payload', 'it is compared from then on')
      const unasked = await scene.given({ status: 'FAILED' })
      granted(await scene.ask(form, scene.request({ id: unasked.id, fingerprint: undefined })), 'retry')
      assert.equal((await scene.record(unasked.id))?.fingerprint, 'payload', 'what is known is not forgotten')
    }
  },

  async 'COMPLETED inside its window, to the last millisecond of the margin: duplicate'(scene) {
    for (const form of FORMS) {
      for (const expiresAt of [scene.now + 1, scene.now, scene.stale]) {
        const record = await scene.given({ status: 'COMPLETED', expiresAt, result: '{"id":7}' })
        const outcome = await scene.ask(form, scene.request({ id: record.id }))
        if (outcome.kind !== 'duplicate') assert.fail(`expected duplicate, got ${JSON.stringify(outcome)}`)
        assert.deepEqual(met(outcome.record), met(record), 'a duplicate carries the record and its result')
        await scene.untouched(record, 'a duplicate')
      }
    }
  },

  async 'IN_PROGRESS with a live lease, to the last millisecond of the margin: busy'(scene) {
    for (const form of FORMS) {
      for (const leaseUntil of [scene.now + 1, scene.now, scene.stale]) {
        const record = await scene.given({ leaseUntil })
        const outcome = await scene.ask(form, scene.request({ id: record.id }))
        assert.deepEqual(outcome, { kind: 'busy', leaseUntil, reason: 'lease' })
        await scene.untouched(record, 'a busy answer')
      }
    }
  },

  async 'IN_PROGRESS without leaseUntil is held until its window and the margin are over, then claimed anew'(
    scene,
  ) {
    for (const form of FORMS) {
      const over = await scene.given({ leaseUntil: undefined, expiresAt: scene.stale - 1, attempts: 3 })
      const request = scene.request({ id: over.id })
      const { fence, attempt } = granted(await scene.ask(form, request), 'expired')
      assert.deepEqual([fence, attempt], [over.fence + 1, 1])
      await scene.left(claimedOver(over, askedAs(form, request), 1), 'a claim after the window')
      for (const expiresAt of [scene.now + 1_000, scene.stale]) {
        const record = await scene.given({ leaseUntil: undefined, expiresAt, attempts: 9 })
        // However often it was claimed: nobody knows that it is stuck.
        const outcome = await scene.ask(form, scene.request({ id: record.id }), { maxAttempts: 3 })
        assert.deepEqual(outcome, { kind: 'busy', leaseUntil: undefined, reason: 'lease' })
        await scene.untouched(record, 'a busy answer')
      }
    }
  },

  async 'IN_PROGRESS with lease and margin past: taken over, fence and attempts grow by one'(scene) {
    for (const form of FORMS) {
      const changes = { leaseUntil: scene.stale - 1, attempts: 3, failure: 'TypeError', result: '"former"' }
      const record = await scene.given({ ...changes, messageId: 'former', firstSeenAt: scene.now - 90_000 })
      const request = scene.request({ id: record.id })
      const outcome = granted(await scene.ask(form, request), 'takeover')
      assert.deepEqual([outcome.fence, outcome.attempt], [record.fence + 1, 4])
      await scene.left(claimedOver(record, askedAs(form, request), 4), 'a takeover')
    }
  },

  async 'FAILED with the same payload: claimed again, fence and attempts grow by one'(scene) {
    for (const form of FORMS) {
      const changes = { attempts: 2, failure: 'TypeError', firstSeenAt: scene.now - 90_000 }
      const record = await scene.given({ status: 'FAILED', ...changes })
      const request = scene.request({ id: record.id })
      const outcome = granted(await scene.ask(form, request), 'retry')
      assert.deepEqual([outcome.fence, outcome.attempt], [record.fence + 1, 3])
      await scene.left(claimedOver(record, askedAs(form, request), 3), 'a retry')
    }
  },

  async 'COMPLETED, FAILED or POISONED after its window: a new window, attempts start again, the fence grows on'(
    scene,
  ) {
    for (const form of FORMS) {
      for (const status of ['COMPLETED', 'FAILED', 'POISONED'] as const) {
        // The same payload or another: a new window has nothing to do with the old one.
        for (const fingerprint of ['payload', 'another']) {
          const changes = { status, expiresAt: scene.stale - 1, attempts: 7, result: '"old"' }
          const record = await scene.given(changes)
          const request = scene.request({ id: record.id, fingerprint })
          const outcome = granted(await scene.ask(form, request), 'expired')
          assert.deepEqual([outcome.fence, outcome.attempt], [record.fence + 1, 1], status)
          await scene.left(claimedOver(record, askedAs(form, request), 1), `${status}, a new window`)
        }
      }
    }
  },

  async 'POISONED: not claimable, unless sent again after it was poisoned and the margin'(scene) {
    const poisonedAt = scene.now - 60_000
    const lastOld = poisonedAt + (scene.now - scene.stale)
    for (const form of FORMS) {
      const record = await scene.given({ status: 'POISONED', poisonedAt, attempts: 5, failure: 'RangeError' })
      for (const sentAt of [undefined, poisonedAt, lastOld]) {
        const outcome = await scene.ask(form, scene.request({ id: record.id, sentAt }))
        if (outcome.kind !== 'poisoned') assert.fail(`expected poisoned, got ${JSON.stringify(outcome)}`)
        assert.deepEqual(met(outcome.record), met(record))
        await scene.untouched(record, 'a poisoned answer')
      }
      const request = scene.request({ id: record.id, sentAt: lastOld + 1 })
      const outcome = granted(await scene.ask(form, request), 'resent')
      assert.deepEqual([outcome.fence, outcome.attempt], [record.fence + 1, 1])
      await scene.left(claimedOver(record, askedAs(form, request), 1), 'a claim of what was sent again')
    }
  },

  async 'an unknown version or status: failure, never overwritten, in no state and at no time'(scene) {
    for (const form of FORMS) {
      for (const status of [...STATUSES, 'PAUSED']) {
        for (const schemaVersion of status === 'PAUSED' ? [SCHEMA_VERSION] : [SCHEMA_VERSION + 1, 0]) {
          // Claimable in every other respect, inside its window and after it.
          for (const expiresAt of [scene.now + 60_000, scene.stale - 1]) {
            const changes = { status, schemaVersion, expiresAt, leaseUntil: scene.stale - 1 }
            const record = await scene.given(changes)
            const outcome = await scene.ask(form, scene.request({ id: record.id }))
            assert.equal(outcome.kind, 'unknown-record', `${status}, version ${schemaVersion}`)
            await scene.untouched(record, 'an unknown record')
          }
        }
      }
    }
  },
}
