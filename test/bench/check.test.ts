import { expect, it } from 'vitest'
import { countChecks } from './check.ts'

it('stays within its goals for requests per batch, capacity units per message and bundle size', async () => {
  const checks = await countChecks()
  expect(checks.length).toBeGreaterThanOrEqual(12)
  expect(checks.filter(({ met }) => !met)).toEqual([])
})
