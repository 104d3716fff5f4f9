import assert from 'node:assert/strict'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { RecordStatus } from '../../protocol/record.ts'
import { ttlSeconds } from '../../protocol/windows.ts'
import { FORMS, granted, met } from './scene.ts'
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
      const { messageId, receiveCount, firstSeenAt, ...decisive } = record
      assert.deepEqual(decisive, {
        ...{ id, owner, fingerprint, leaseUntil, expiresAt },
        ...{ schemaVersion: SCHEMA_VERSION, status: 'IN_PROGRESS', fence: outcome.fence, attempts: 1 },
        ttl: ttlSeconds(expiresAt),
      })
      assert.deepEqual([messageId, firstSeenAt], [request.messageId, scene.now])
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
        const record = await scene.given({ status, poisonedAt, result: undefined })
        const request = scene.request({ id: record.id, fingerprint: 'corrected', sentAt: scene.now })
        granted(await scene.ask(form, request), status === 'FAILED' ? 'retry' : 'resent')
        assert.equal((await scene.record(record.id))?.fingerprint, 'corrected', status)
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
      const { fence, attempt } = granted(await scene.ask(form, scene.request({ id: over.id })), 'expired')
      assert.deepEqual([fence, attempt], [over.fence + 1, 1])
      for (const expiresAt of [scene.now + 1_000, scene.stale]) {
        const record = await scene.given({ leaseUntil: undefined, expiresAt })
        const outcome = await scene.ask(form, scene.request({ id: record.id }))
        assert.deepEqual(outcome, { kind: 'busy', leaseUntil: undefined, reason: 'lease' })
        await scene.untouched(record, 'a busy answer')
      }
    }
  },

  async 'IN_PROGRESS with lease and margin past: taken over, fence and attempts grow by one'(scene) {
    for (const form of FORMS) {
      const record = await scene.given({ leaseUntil: scene.stale - 1, attempts: 3 })
      const request = scene.request({ id: record.id })
      const outcome = granted(await scene.ask(form, request), 'takeover')
      assert.deepEqual([outcome.fence, outcome.attempt], [record.fence + 1, 4])
      const after = await scene.record(record.id)
      assert.deepEqual(
        [after?.owner, after?.fence, after?.attempts, after?.leaseUntil, after?.expiresAt, after?.status],
        [request.owner, record.fence + 1, 4, request.leaseUntil, request.expiresAt, 'IN_PROGRESS'],
      )
    }
  },

  async 'FAILED with the same payload: claimed again, fence and attempts grow by one'(scene) {
    for (const form of FORMS) {
      const record = await scene.given({ status: 'FAILED', attempts: 2, failure: 'TypeError' })
      const request = scene.request({ id: record.id })
      const outcome = granted(await scene.ask(form, request), 'retry')
      assert.deepEqual([outcome.fence, outcome.attempt], [record.fence + 1, 3])
      const after = await scene.record(record.id)
      assert.deepEqual(
        [after?.status, after?.owner, after?.leaseUntil],
        ['IN_PROGRESS', request.owner, request.leaseUntil],
      )
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
          const after = await scene.record(record.id)
          assert.deepEqual([after?.result, after?.fingerprint], [undefined, fingerprint], status)
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

  async 'many at once: each gets its own answer, in the order of the requests'(scene) {
    assert.deepEqual(await scene.claim([]), [])
    const requests = []
    const expected = []
    for (let index = 0; index < 20; index++) {
      const completed = await scene.given({ status: 'COMPLETED' })
      const busy = await scene.given()
      const stuck = await scene.given({ leaseUntil: scene.stale - 1 })
      const redelivered = index % 2 === 1
      requests.push(
        scene.request({ redelivered }),
        scene.request({ id: completed.id, redelivered }),
        scene.request({ id: busy.id, redelivered }),
        scene.request({ id: stuck.id, redelivered }),
      )
      expected.push('claimed 1', 'duplicate', 'busy', 'claimed 2')
    }
    const outcomes = await scene.claim(requests)
    const told = outcomes.map((outcome) =>
      outcome.kind === 'claimed' ? `claimed ${outcome.attempt}` : outcome.kind,
    )
    assert.deepEqual(told, expected)
  },
}
