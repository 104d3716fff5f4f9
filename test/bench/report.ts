import type { CellResult } from './cells.ts'
import { GOALS, judge } from './goals.ts'
import type { Results } from './results.ts'
import type { Summary } from './stats.ts'
import { SUBJECTS } from './subject.ts'
import { number, table } from './table.ts'

/** The run as text: what was compared, each measure, each goal. */
export function report(results: Results): string {
  const { machine, versions } = results
  const sections = [
    `Node ${machine.node}, ${machine.platform}, ${machine.cpus} × ${machine.cpu}\n${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    countsTable(results),
    cellsTable(results.cells),
    memoryTable(results),
    goalsTable(results),
  ]
  return `${sections.filter(Boolean).join('\n\n')}\n`
}

function countsTable({ counts }: Results): string {
  if (counts.length === 0) return ''
  const rows = counts.map((row) => [
    row.id,
    ...SUBJECTS.map((name) => number(row.subjects[name]?.requests)),
    ...SUBJECTS.map((name) => {
      const use = row.subjects[name]
      return use ? `${number(use.writeUnits / row.size)} + ${number(use.readUnits / row.size)}` : '-'
    }),
  ])
  const headings = [
    'batch',
    ...SUBJECTS.map((name) => `${name} requests`),
    ...SUBJECTS.map((name) => `${name} W + R`),
  ]
  return `Requests per batch; write + read units per message\n${table(headings, rows)}`
}

function cellsTable(cells: readonly CellResult[]): string {
  if (cells.length === 0) return ''
  const rows = (measure: 'cpu' | 'wall' | 'rate') =>
    cells.map((cell) => [
      cell.id,
      ...SUBJECTS.map((name) => {
        const of = cell.subjects[name]
        if (!of) return '-'
        if (measure === 'cpu') return number(of.cpuPerMessageUs)
        if (measure === 'rate') return number(Math.round(of.messagesPerSecond))
        return `${number(of.wallP50Ms)} / ${number(of.wallP95Ms)}`
      }),
      range(cell.ratios.powertools?.[measure]),
      range(cell.ratios.floor?.[measure]),
    ])
  const headings = ['batch', ...SUBJECTS, 'oncekit ÷ powertools', 'oncekit ÷ floor']
  return [
    `Client CPU per message, µs (median of slices); ratios pair by pair, median [range]\n${table(headings, rows('cpu'))}`,
    `Wall per batch, ms (p50 / p95)\n${table(headings, rows('wall'))}`,
    `Messages per second and process\n${table(headings, rows('rate'))}`,
  ].join('\n\n')
}

function memoryTable({ memory }: Results): string {
  if (Object.keys(memory).length === 0) return ''
  const rows = SUBJECTS.flatMap((name) => {
    const of = memory[name]
    if (!of) return []
    const { growth } = of
    return [[name, number(of.peakBytes / 1_000_000), of.smallHeap, number(growth.wall), number(growth.cpu)]]
  })
  const headings = ['one event of 10,000', 'peak MB', '96 MB heap', 'wall/record ÷ 10', 'CPU/record ÷ 10']
  return `Memory, and time per record against batches of 10\n${table(headings, rows)}`
}

function goalsTable(results: Results): string {
  const rows = GOALS.map((goal) => {
    const { value, verdict } = judge(goal, results)
    const unit = goal.unit && ` ${goal.unit}`
    return [goal.measure, `${number(value)}${unit}`, `${goal.sense} ${goal.limit}${unit}`, verdict]
  })
  return `Goals (counts, and ratios within this run)\n${table(['measure', 'measured', 'goal', ''], rows)}`
}

function range(of: Summary | undefined): string {
  return of ? `${number(of.median)} [${number(of.min)}–${number(of.max)}]` : '-'
}
