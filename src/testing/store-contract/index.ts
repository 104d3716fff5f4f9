import { claimRules } from './claim-rules.ts'
import { raceRules } from './race-rules.ts'
import { Scene } from './scene.ts'
import { settleRules } from './settle-rules.ts'
import type { MakeStore, StoreCheck } from './subject.ts'

/**
 * The contract of a record store as named checks, for any test runner: every row of the protocol's claim table, every
 * settle rule, and what must hold when owners race. A store that passes may be given to `sqsHandler` as `store`.
 *
 * It does not look at time limits and at the host's clock error: how a store keeps a deadline depends on what is behind it.
 *
 * @example
 * for (const check of storeContract(makeStore)) test(check.name, check.run)
 */
export function storeContract(make: MakeStore): readonly StoreCheck[] {
  const rules = Object.entries({ ...claimRules, ...settleRules, ...raceRules })
  return rules.map(([name, rule]) => ({
    name,
    async run() {
      const subject = await make()
      try {
        await rule(new Scene(subject))
      } finally {
        await subject.stop?.()
      }
    },
  }))
}
