import assert from 'node:assert/strict'
import { SCHEMA_VERSION } from '../../protocol/names.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { HeldClaim, Settlement } from '../../store/contract.ts'
import { own, strange } from './holder.ts'
import type { Scene } from './scene.ts'

/** Whoever does not hold the claim changes nothing: another owner, another fence, another status. */
export async function refused(scene: Scene, settlementOf: (claim: HeldClaim) => Settlement): Promise<void> {
  const held = await scene.given()
  const cases: [string, IdempotencyRecord, HeldClaim][] = [
    ['IN_PROGRESS of another owner', held, strange(held)],
    ['IN_PROGRESS of mine under another fence', held, { ...own(held), fence: held.fence - 1 }],
  ]
  for (const status of ['FAILED', 'POISONED', 'PAUSED']) {
    const other = await scene.given({ status })
    cases.push([`${status} by another owner`, other, strange(other)])
    // As the second claim of one owner would be, after it had lost the first.
    const newer = await scene.given({ status })
    cases.push([
      `${status} by the same owner under another fence`,
      newer,
      { ...own(newer), fence: newer.fence - 1 },
    ])
  }
  const newer = await scene.given({ status: 'COMPLETED', schemaVersion: SCHEMA_VERSION + 1 })
  cases.push(['COMPLETED by another version', newer, strange(newer)])
  for (const [what, record, claim] of cases) {
    const settlement = settlementOf(claim)
    assert.equal((await scene.settle(settlement)).kind, 'lease-lost', `${settlement.kind}: ${what}`)
    await scene.untouched(record, `${settlement.kind} of what is ${what}`)
  }
}
