import { readFile } from 'node:fs/promises'
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

it('has a page with a row and a paragraph for each scenario, and their number where it is told', async () => {
  const page = await readFile('docs/compare.md', 'utf8')
  const proof = await readFile('docs/proof.md', 'utf8')
  for (const { name, title } of SCENARIOS) {
    expect(page).toMatch(new RegExp(`^${name} +(ok|repeated)`, 'm'))
    expect(page).toContain(`\n${name}: ${title}\n`)
  }
  const count = SCENARIOS.length
  const [, ok] = /^\d+ scenarios +(\d+) ok/m.exec(page) ?? []
  expect(page).toContain(`\n${count} scenarios  `)
  expect(page).toContain(`plays ${count} scenarios`)
  expect(proof).toContain(`${count} ways to lose or repeat work`)
  expect(proof).toContain(`oncekit ${ok} of ${count} as wanted`)
})
