import { SURVIVES } from './guards.ts'
import { INVARIANTS } from './invariants.ts'
import type { MutantResult, Result } from './run.ts'
import { printTrace } from './search/trace.ts'

/** One configuration's result as text. */
export function printResult(result: Result): string {
  const { configuration, purpose, states, transitions, depth, seconds, complete, missing, violated } = result
  const size = `${count(states)} states, ${count(transitions)} transitions, depth ${depth}, ${seconds.toFixed(1)} s`
  const lines = [`${configuration}: ${purpose}`, `  ${size}${complete ? '' : ' (not complete)'}`]
  if (violated === undefined) {
    lines.push(`  hold: ${result.invariants.join(' ')}`)
    const seen = Object.entries(result.seen).map(([event, times]) => `${event} ${count(times)}`)
    lines.push(`  seen: ${seen.join(', ')}`)
    if (missing.length > 0) lines.push(`  NEVER SEEN: ${missing.join(', ')}`)
  } else {
    lines.push(`  ${violated} FAILS: ${INVARIANTS[violated] ?? ''}`)
    lines.push(`  shortest way there, ${result.trace.length} steps:`, printTrace(result.trace))
    if (violated === 'I7') lines.push('     From here no path without faults resolves every message.')
  }
  return lines.join('\n')
}

/** The last line of a run over configurations. */
export function printTotal(results: readonly Result[]): string {
  const states = results.reduce((sum, result) => sum + result.states, 0)
  const transitions = results.reduce((sum, result) => sum + result.transitions, 0)
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
  const failed = results.filter((result) => !isGood(result)).map((result) => result.configuration)
  const verdict = failed.length === 0 ? 'every invariant holds' : `FAILED: ${failed.join(', ')}`
  return `${results.length} configurations, ${count(states)} distinct states, ${count(transitions)} transitions, ${seconds.toFixed(1)} s: ${verdict}`
}

export function isGood(result: Result): boolean {
  return result.violated === undefined && result.missing.length === 0
}

/** The table mutant → invariant → states → trace length. */
export function printMutants(results: readonly MutantResult[]): string {
  const rows = results.map(({ mutant, caught, violated, states, trace, configuration }) => [
    mutant.guard,
    caught ? mutant.caughtBy : `NOT CAUGHT BY ${mutant.caughtBy} (${violated ?? 'nothing failed'})`,
    configuration,
    count(states),
    `${trace.length}`,
    mutant.wrong,
  ])
  const table = [['mutant', 'caught by', 'configuration', 'states', 'steps', 'what it does wrong'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  const numeric = (column: number) => column === 3 || column === 4
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return numeric(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  const expected = results.filter((result) => result.caught)
  const survivors = expected.filter(({ mutant }) => mutant.caughtBy === SURVIVES).length
  const demanded = results.filter(({ mutant }) => mutant.caughtBy !== SURVIVES).length
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
  return [
    ...table.map(line),
    `${expected.length - survivors} of ${demanded} mutants caught, ${survivors} survive by design, ${seconds.toFixed(1)} s`,
  ].join('\n')
}

/** A number with thousands separated. */
function count(value: number): string {
  return value.toLocaleString('en-GB')
}
