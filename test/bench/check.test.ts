import { expect, it } from 'vitest'
import { sizeChecks, useChecks } from './check.ts'

it('stays within its goals for requests per batch and capacity units per message', async () => {
  const checks = await useChecks()
  expect(checks.length).toBe(13)
  expect(checks.filter(({ met }) => !met)).toEqual([])
})

it('does not put more into a minimal bundle than it did', async () => {
  const checks = await sizeChecks()
  expect(checks.length).toBe(2)
  expect(checks.filter(({ met }) => !met)).toEqual([])
})
