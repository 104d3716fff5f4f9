import assert from 'node:assert/strict'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { ClaimOutcome, ClaimRequest } from '../../store/contract.ts'
import { givenUp } from './expected.ts'
import { own } from './holder.ts'
import { type Chosen, granted, holding, type Scene } from './scene.ts'
import type { Rules } from './subject.ts'

/** Claimants at once. */
const CROWD = 12

/** What holds between owners and over time. */
export const raceRules: Rules = {
  async 'of many claimants of one absent record exactly one wins, and the others are told busy'(scene) {
    await oneWinner(scene, async () => scene.id())
  },

  async 'of many claimants of one stuck record exactly one wins'(scene) {
    await oneWinner(scene, async () => (await scene.given({ leaseUntil: scene.stale - 1 })).id)
  },

  async 'of many claimants of one FAILED record exactly one wins'(scene) {
    await oneWinner(scene, async () => (await scene.given({ status: 'FAILED' })).id)
  },

  async 'of many claimants of one record whose window is over exactly one wins'(scene) {
    const expiresAt = scene.stale - 1
    await oneWinner(scene, async () => (await scene.given({ status: 'COMPLETED', expiresAt })).id)
  },

  async 'a completion or extension at once with a takeover: one of the two wins, never both'(scene) {
    for (let round = 0; round < 8; round++) {
      const claim = await scene.held({ leaseUntil: scene.stale - 1 })
      const settlement = round % 2 === 0 ? scene.completion(claim) : scene.extension(claim)
      const request = scene.request({ id: claim.id, redelivered: true })
      const claiming = round % 4 < 2 ? [request] : [request, scene.request()]
      const [settled, [taken]] = await Promise.all([scene.settle(settlement), scene.claim(claiming)])
      const wins = [settled.kind !== 'lease-lost', taken?.kind === 'claimed'].filter(Boolean)
      assert.equal(wins.length, 1, `${settled.kind} and ${taken?.kind}`)
    }
  },

  async 'of many claimants of one stuck record that was claimed maxAttempts times none wins, and it is given up once'(
    scene,
  ) {
    for (let round = 0; round < 4; round++) {
      const record = await scene.given({ leaseUntil: scene.stale - 1, attempts: 3 })
      const answers = await crowd(scene, record.id, { maxAttempts: 3 })
      const kinds = answers.map(({ outcome }) => outcome.kind)
      assert.ok(
        kinds.every((kind) => kind === 'poisoned' || kind === 'busy') && kinds.includes('poisoned'),
        `all must be told poisoned or busy, but: ${kinds.join(', ')}`,
      )
      const after = await scene.record(record.id)
      const by = answers.find(({ request }) => request.owner === after?.owner)
      assert.equal(by?.outcome.kind, 'poisoned', 'the one that gave it up knows')
      await scene.left(givenUp(record, by.request, scene.now), 'given up once')
    }
  },

  async 'a completion or extension at once with giving up: one of the two wins, never both'(scene) {
    for (let round = 0; round < 8; round++) {
      const record = await scene.given({ leaseUntil: scene.stale - 1, attempts: 3 })
      const claim = own(record)
      const settlement = round % 2 === 0 ? scene.completion(claim) : scene.extension(claim)
      const request = scene.request({ id: claim.id, redelivered: true })
      const asking = round % 4 < 2 ? [request] : [request, scene.request()]
      const [settled] = await Promise.all([scene.settle(settlement), scene.claim(asking, { maxAttempts: 3 })])
      const after = await scene.record(claim.id)
      const wins = settled.kind === 'lease-lost' ? request.owner : claim.owner
      assert.equal(after?.owner, wins, `${settled.kind}, and the record is ${after?.status}`)
    }
  },

  async 'two completions of one absent record: both succeed, one of them as a duplicate effect'(scene) {
    const id = scene.id()
    const claims = [1, 2].map((attempt) => {
      return { id, owner: scene.token(), fence: scene.now + attempt, attempt, fingerprint: undefined }
    })
    const outcomes = await Promise.all(claims.map((claim) => scene.settle(scene.completion(claim))))
    const doubles = outcomes.map((outcome) => outcome.kind === 'completed' && outcome.duplicateEffect)
    assert.deepEqual(doubles.sort(), [false, true], JSON.stringify(outcomes))
  },

  async 'an owner that lost its lease changes nothing: not by completing, releasing, giving back or extending'(
    scene,
  ) {
    const former = await scene.held({ leaseUntil: scene.stale - 1 })
    const request = scene.request({ id: former.id, redelivered: true })
    const now = holding(request, granted(await scene.claimOne(request), 'takeover'))
    const record = (await scene.record(former.id)) as IdempotencyRecord
    for (const settlement of [
      scene.completion(former),
      scene.release(former),
      scene.giveBack(former),
      scene.extension(former),
    ]) {
      assert.equal((await scene.settle(settlement)).kind, 'lease-lost', settlement.kind)
      await scene.untouched(record, `${settlement.kind} by the former owner`)
    }
    const completed = await scene.settle(scene.completion(now))
    assert.deepEqual(completed, { kind: 'completed', duplicateEffect: false })
  },

  async 'the fence grows with every claim, attempts count within the window'(scene) {
    const id = scene.id()
    const past = scene.stale - 1
    const fences: number[] = []
    const attempts: number[] = []
    const again = async (changes: object): Promise<ReturnType<typeof holding>> => {
      const request = scene.request({ id, redelivered: fences.length > 0, ...changes })
      const claim = holding(request, granted(await scene.claimOne(request)))
      fences.push(claim.fence)
      attempts.push(claim.attempt)
      return claim
    }
    await scene.settle(scene.release(await again({})))
    await again({ leaseUntil: past }) // FAILED, claimed again, then stuck
    const third = await again({}) // taken over
    await scene.settle({ ...scene.completion(third), expiresAt: past })
    await scene.settle(scene.release(await again({ sentAt: scene.now - 5_000 }), 'POISONED'))
    await again({ sentAt: scene.now + 5_000 }) // sent again
    assert.deepEqual(attempts, [1, 2, 3, 1, 1])
    assert.ok(
      fences.every((fence, index) => index === 0 || fence > (fences[index - 1] ?? 0)),
      `fences ${fences.join(', ')} must grow`,
    )
  },
}

async function oneWinner(scene: Scene, newId: () => Promise<string>): Promise<void> {
  for (let round = 0; round < 4; round++) {
    const answers = await crowd(scene, await newId())
    const kinds = answers.map(({ outcome }) => outcome.kind)
    assert.equal(kinds.filter((kind) => kind === 'claimed').length, 1, `one winner, but: ${kinds.join(', ')}`)
    assert.ok(
      kinds.every((kind) => kind === 'claimed' || kind === 'busy'),
      `the others must be told busy, but: ${kinds.join(', ')}`,
    )
  }
}

/** Many claims of one id at once, alone and beside others: the two forms must exclude each other too. */
function crowd(
  scene: Scene,
  id: string,
  chosen: Chosen = {},
): Promise<{ readonly request: ClaimRequest; readonly outcome: ClaimOutcome }[]> {
  return Promise.all(
    Array.from({ length: CROWD }, async (_, index) => {
      const request = scene.request({ id, redelivered: index % 2 === 1 })
      const [outcome] = await scene.claim(index % 3 === 0 ? [request, scene.request()] : [request], chosen)
      assert.ok(outcome, 'one request must get one outcome')
      return { request, outcome }
    }),
  )
}
