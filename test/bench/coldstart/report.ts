import type { Results } from '../results.ts'
import { SUBJECTS, type SubjectName } from '../subject.ts'
import { number, table } from '../table.ts'
import type { Sizes } from './sizes.ts'
import type { ColdTimes, Measure } from './times.ts'

export interface ColdResults {
  readonly at: string
  readonly machine: Results['machine']
  readonly versions: Results['versions']
  readonly sizes: Partial<Record<SubjectName, Sizes>>
  readonly times: ColdTimes
}

/** Bytes of the own share of a minimal bundle. Not reached (docs/performance.md): the benchmark says so in each run. */
export const SIZE_GOALS = { ownBytes: 20_000, ownGzipBytes: 7_000 } as const

/**
 * What it may not exceed meanwhile: a little above what was reached (81,147 and 31,161). The short check in CI fails above it.
 * It was 45,900 and 17,900 until large events became a pipeline, numbers that a parser has rounded were kept out of identity,
 * envelopes of SNS, EventBridge and S3 could be opened, every attempt at the store was cut and tried again, its failures were
 * told apart, results became exact JSON (1,500 bytes) and the log showed what handlers throw (2,000). 72,501 of that, until
 * each failure of the store had a remedy of its own (about 2,000 bytes), bodies of other envelopes were told as that (1,000),
 * what an envelope function wrote again was kept out of identity (1,100), refusals had errors of their own and loggers their
 * own order (2,500), and Powertools was served in every order (2,100).
 */
export const SIZE_LIMITS = { ownBytes: 82_000, ownGzipBytes: 31_500 } as const

/**
 * Of the peer's time in the same run. The goals were set as 2 and 8 ms where the peer took 2 to 4 (3 in the middle)
 * and 23: what is judged is that proportion, in processor time, because an import waits for nothing else and other
 * work on the machine disturbs the wall clock.
 */
const TIME_GOALS: readonly { measure: Measure; title: string; limit: number }[] = [
  { measure: 'bundledCpuMs', title: 'own share of import, bundled (CPU)', limit: 0.67 },
  { measure: 'unbundledCpuMs', title: 'own share of import, unbundled (CPU)', limit: 0.35 },
  { measure: 'firstBatchMs', title: 'first batch after a cold start', limit: 0.62 },
]

export function coldReport({ machine, versions, sizes, times }: ColdResults, withParts: boolean): string {
  const head = `Node ${machine.node}, ${machine.platform}, ${machine.cpus} × ${machine.cpu}\n${Object.entries(
    versions,
  )
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`
  const kb = (bytes: number | undefined) => number(bytes === undefined ? undefined : bytes / 1_000)
  const sizeRows = SUBJECTS.map((name) => {
    const of = sizes[name]
    return [name, kb(of?.ownBytes), kb(of?.ownGzipBytes), kb(of?.allBytes)]
  })
  const timeRows = SUBJECTS.map((name) => {
    const of = times.subjects[name]
    const pair = (wall: Measure, cpu: Measure) => `${number(of?.[wall])} / ${number(of?.[cpu])}`
    return [
      name,
      pair('bundledMs', 'bundledCpuMs'),
      pair('unbundledMs', 'unbundledCpuMs'),
      number(of?.firstBatchMs),
      number(of?.importAndFirstMs),
    ]
  })
  const sections = [
    head,
    `Minimal handler, minified, KB\n${table(['', 'own share', 'own share, gzip', 'with the SDK'], sizeRows)}`,
    `Cold start, ms (medians over fresh processes; import is the share on top of the floor's, a handler with the bare SDK, wall / CPU)\n${table(
      ['', 'import, bundled', 'import, unbundled', 'first batch of 10', 'whole bundle: import + first batch'],
      timeRows,
    )}`,
    `Goals\n${table(['measure', 'measured', 'goal', ''], goalRows(sizes.oncekit, times))}`,
  ]
  if (withParts) {
    const rows = (sizes.oncekit?.parts ?? []).map(({ file, bytes }) => [file, String(bytes)])
    sections.push(`oncekit's own share by file, bytes\n${table(['file', 'bytes'], rows)}`)
  }
  return `${sections.join('\n\n')}\n`
}

function goalRows(own: Sizes | undefined, times: ColdTimes): string[][] {
  const verdict = (value: number | undefined, limit: number) =>
    value === undefined ? 'not measured' : value <= limit ? 'met' : 'missed'
  const size = (title: string, value: number | undefined, limit: number) => [
    title,
    `${number(value === undefined ? undefined : value / 1_000)} KB`,
    `≤ ${limit / 1_000} KB`,
    verdict(value, limit),
  ]
  return [
    size('own share of the bundle', own?.ownBytes, SIZE_GOALS.ownBytes),
    size('own share of the bundle, gzip', own?.ownGzipBytes, SIZE_GOALS.ownGzipBytes),
    ...TIME_GOALS.map(({ measure, title, limit }) => {
      const ratio = times.ratios[measure]
      const range = ratio ? `${number(ratio.median)} [${number(ratio.min)}–${number(ratio.max)}] × peer` : '-'
      return [title, range, `≤ ${limit} × peer`, verdict(ratio?.median, limit)]
    }),
  ]
}
