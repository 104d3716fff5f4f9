import { table } from '../bench/table.ts'
import type { Row } from './run.ts'
import type { Subject } from './subject.ts'

/** The outcomes as text: one line per scenario, then what happened in each. */
export function compareReport(
  rows: readonly Row[],
  subjects: readonly Subject[],
  versions: Readonly<Record<string, string>>,
  node: string,
): string {
  const names = subjects.map(({ name }) => name)
  const head = [
    `Node ${node}, ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    ...subjects.map(({ name, configuration }) => `${name}: ${configuration}`),
  ]
  const verdicts = rows.map((row) => [
    row.scenario,
    ...names.map((name) => row.findings[name]?.verdict ?? '-'),
  ])
  const totals = names.map(
    (name) => `${rows.filter((row) => row.findings[name]?.verdict === 'ok').length} ok`,
  )
  const details = rows.map((row) =>
    [
      `${row.scenario}: ${row.title}`,
      ...names.map((name) => {
        const finding = row.findings[name]
        return `  ${name.padEnd(11)}${finding ? `${finding.verdict} – ${finding.what}` : '-'}`
      }),
    ].join('\n'),
  )
  const summary = table(['scenario', ...names], [...verdicts, [`${rows.length} scenarios`, ...totals]])
  return `${[head.join('\n'), summary, details.join('\n\n')].join('\n\n')}\n`
}
