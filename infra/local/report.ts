import { formatDuration } from '../../src/options/durations.ts'
import { ENVIRONMENT } from '../../src/protocol/names.ts'
import type { PairResult } from './run.ts'

/** The numbers of one function, by their labels. */
function numbersOf(result: PairResult): Readonly<Record<string, string | number>> {
  const { pair, sent, ledger, deadLetters, records, counts, requests, actions, denied } = result
  const orders = new Set([...sent.values()].flatMap(({ order }) => order?.orderId ?? []))
  return {
    'messages sent': sent.size,
    'distinct valid orders': orders.size,
    effects: ledger.length,
    'dead letters': deadLetters.length,
    'records, all COMPLETED': records.filter(({ status }) => status === 'COMPLETED').length,
    'deduplication window': formatDuration(Number(pair.handler.environment[ENVIRONMENT.ttl]) * 1000),
    invocations: counts.invocations,
    'messages delivered': counts.received,
    'delivered twice at once': counts.deliveredAgain,
    'batch size': pair.mapping.BatchSize ?? 10,
    'requests to DynamoDB': requests,
    'requests per delivered message': (requests / Math.max(1, counts.received)).toFixed(2),
    'IAM actions used': listed(actions),
    'IAM actions refused': listed(denied),
  }
}

/** A table: one column for each function. */
export function toText(results: readonly PairResult[], seconds: number): string {
  const columns = results.map(numbersOf)
  const labels = Object.keys(columns[0] ?? {})
  const short = labels.filter((label) => !label.startsWith('IAM'))
  const width = Math.max(...short.map((label) => label.length))
  const cell = (text: unknown) => String(text).padStart(16)
  const lines = [
    `${''.padEnd(width)}${results.map(({ pair }) => cell(pair.name)).join('')}`,
    ...short.map((label) => `${label.padEnd(width)}${columns.map((column) => cell(column[label])).join('')}`),
    '',
    ...results.flatMap(({ pair }, index) => [
      `${pair.name}: IAM allowed ${columns[index]?.['IAM actions used']}; refused ${columns[index]?.['IAM actions refused']}`,
    ]),
    '',
    `${seconds.toFixed(1)} s`,
  ]
  return lines.join('\n')
}

/** The same as JSON. */
export function toJson(results: readonly PairResult[], problems: readonly string[], seconds: number): string {
  const functions = Object.fromEntries(results.map((result) => [result.pair.name, numbersOf(result)]))
  return JSON.stringify({ ok: problems.length === 0, problems, seconds, functions }, undefined, 2)
}

function listed(counts: ReadonlyMap<string, number>): string {
  const entries = [...counts].toSorted(([one], [other]) => one.localeCompare(other))
  return entries.map(([action, count]) => `${action.replace('dynamodb:', '')} ${count}`).join(', ') || 'none'
}
