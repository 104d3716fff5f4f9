import { table } from '../bench/table.ts'
import type { Row } from './run.ts'
import type { Finding } from './stage.ts'
import type { Subject } from './subject.ts'

/** The outcomes as text: one line per scenario, where a peer does better, then what happened in each. */
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
  const verdicts = rows.map((row) => [row.scenario, ...names.map((name) => short(row.findings[name]))])
  const totals = names.map(
    (name) => `${rows.filter((row) => row.findings[name]?.verdict === 'ok').length} ok`,
  )
  const summary = table(['scenario', ...names], [...verdicts, [`${rows.length} scenarios`, ...totals]])
  const better = betterPeers(rows, subjects)
  const details = rows.map((row) =>
    [
      `${row.scenario}: ${row.title}`,
      ...subjects.map(({ name }) => `  ${name.padEnd(11)}${long(row.findings[name])}`),
      ...(row.shortfall === undefined ? [] : [`  known shortfall of oncekit: ${row.shortfall.because}`]),
    ].join('\n'),
  )
  return `${[head.join('\n'), summary, ...better, details.join('\n\n')].join('\n\n')}\n`
}

function short(finding: Finding | undefined): string {
  if (finding === undefined) return '-'
  return finding.seconds === undefined ? finding.verdict : `${finding.verdict}, ${finding.seconds} s`
}

function long(finding: Finding | undefined): string {
  return finding === undefined ? '-' : `${short(finding)} – ${finding.what}`
}

/** Where another subject did better than oncekit: a better outcome, or the same one sooner. */
function betterPeers(rows: readonly Row[], subjects: readonly Subject[]): string[] {
  const lines = rows.flatMap(({ scenario, findings }) => {
    const ours = findings.oncekit
    if (ours === undefined) return []
    return subjects.flatMap(({ name }) => {
      const theirs = findings[name]
      if (name === 'oncekit' || theirs?.verdict !== 'ok') return []
      const sooner =
        ours.seconds !== undefined && theirs.seconds !== undefined && theirs.seconds < ours.seconds
      if (ours.verdict === 'ok' && !sooner) return []
      return [`  ${scenario}: ${name} is ${short(theirs)}, oncekit is ${short(ours)}`]
    })
  })
  return lines.length === 0 ? [] : [['A peer does better in', ...lines].join('\n')]
}
