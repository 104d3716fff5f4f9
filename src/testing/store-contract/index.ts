import { claimRules } from './claim-rules.ts'
import { giveBackRules } from './give-back-rules.ts'
import { giveUpRules } from './give-up-rules.ts'
import { manyClaimsRules } from './many-claims.ts'
import { manySettlementsRules } from './many-settlements.ts'
import { raceRules } from './race-rules.ts'
import { Scene } from './scene.ts'
import { settleRules } from './settle-rules.ts'
import type { MakeStore, Rules, StoreCheck } from './subject.ts'

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
  return RULES.flatMap(({ rules, beside }) =>
    Object.entries(rules).map(([name, rule]) => ({
      name,
      async run() {
        const subject = await make()
        try {
          for (const way of beside) await rule(new Scene(subject, way))
        } finally {
          await subject.stop?.()
        }
      },
    })),
  )
}

/** Rules about single settlements hold for one that comes alone and for one that shares its call with another. */
const BOTH = [false, true]
const RULES: readonly { readonly rules: Rules; readonly beside: readonly boolean[] }[] = [
  { rules: claimRules, beside: [false] },
  { rules: giveUpRules, beside: BOTH },
  { rules: manyClaimsRules, beside: [false] },
  { rules: settleRules, beside: BOTH },
  { rules: giveBackRules, beside: BOTH },
  { rules: manySettlementsRules, beside: [false] },
  { rules: raceRules, beside: [false] },
]
