import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { manualClock } from '../../src/testing/index.ts'
import { brokenStore } from '../testing/broken-store.ts'
import { DEFECTS } from '../testing/defects.ts'
import { rounds } from './model/commands.ts'
import { runAgainstModel } from './model/run.ts'

// The property itself, on stores that it must refuse: a model that explains everything would prove nothing.
describe('no order of the commands explains a store that', () => {
  test.each(DEFECTS)('$what', async (defect) => {
    const make = await brokenStore(defect)
    const result = await fc.check(
      fc.asyncProperty(rounds, async (drawn) => {
        const clock = manualClock()
        const store = make({ runtime: clock })
        await runAgainstModel({ store, clock, get: store.get, delete: store.delete }, drawn)
      }),
      { numRuns: 6_000, seed: 20_261_127, endOnFailure: true },
    )
    expect(result.failed).toBe(true)
  })
})
