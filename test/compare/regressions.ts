import type { Row } from './run.ts'

/** Scenarios in which oncekit did not do what is expected of it: `ok`, or the shortfall that is written down. */
export function regressionsOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ scenario, findings, shortfall }) => {
    const found = findings.oncekit
    const expected = shortfall?.verdict ?? 'ok'
    if (found === undefined || found.verdict === expected) return []
    return [`${scenario}: oncekit is expected to be ${expected} and is ${found.verdict} (${found.what})`]
  })
}
