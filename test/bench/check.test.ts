import { expect, it } from 'vitest'
import { useChecks } from './check.ts'

it('stays within its goals for requests per batch and capacity units per message', async () => {
  const checks = await useChecks()
  expect(checks.length).toBe(10)
  expect(checks.filter(({ met }) => !met)).toEqual([])
})
