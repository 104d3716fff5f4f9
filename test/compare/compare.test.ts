import { expect, it } from 'vitest'
import { regressionsOf } from './regressions.ts'
import { runScenarios } from './run.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { loadSubjects } from './subjects/index.ts'

it('loses, repeats and blocks nothing in any scenario but those whose shortfall is written down', {
  timeout: 180_000,
}, async () => {
  const rows = await runScenarios(SCENARIOS, await loadSubjects(['oncekit']))
  expect(rows.length).toBeGreaterThanOrEqual(80)
  expect(regressionsOf(rows)).toEqual([])
})

it('shows what happens without records: a message delivered twice has its effect twice', async () => {
  const scenario = SCENARIOS.filter(({ name }) => name === 'delivered-twice')
  const [row] = await runScenarios(scenario, await loadSubjects(['middy']))
  expect(row?.findings.middy?.verdict).toBe('repeated')
})
