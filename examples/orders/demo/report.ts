import type { ExtraCharge, Verdict } from './check.ts'
import type { PlanSummary } from './fault-plan.ts'
import type { DemoOptions } from './options.ts'
import type { RunResult } from './run.ts'

/** The numbers of a run, as `--json` prints them. */
export function numbers(result: RunResult) {
  const { journal, queue, requests, sent } = result
  const orders = new Set(result.lines.flatMap(({ order }) => order?.orderId ?? []))
  return {
    messages: sent.size,
    orders: orders.size,
    effects: result.ledger.length,
    deliveries: queue.received,
    redeliveriesSkipped: journal.count('duplicate'),
    sharedInBatch: journal.count('shared'),
    busy: journal.count('busy'),
    takeovers: journal.takeovers,
    failed: journal.count('failed'),
    retried: journal.retries,
    refusedInvalid: journal.count('invalid') + journal.count('key-missing'),
    refusedOtherPayload: journal.count('mismatch'),
    deadLettered: result.deadLetters.length,
    lostAnswersRecognised: journal.ownWrites,
    workersKilled: journal.kills,
    deliveredTwice: queue.deliveredAgain,
    deletesLost: queue.lostDeletes,
    answersCut: requests.faults['drop-answer'] + requests.faults['error-after-apply'],
    requests: requests.requests,
    requestsPerMessage: round(requests.requests / sent.size),
    seconds: round(result.seconds),
  }
}

export function toJson(options: DemoOptions, plan: PlanSummary, result: RunResult, verdict: Verdict): string {
  const { extraCharges, violations } = verdict
  return JSON.stringify(
    {
      ok: violations.length === 0,
      seed: options.seed,
      faults: options.faults,
      plan,
      ...numbers(result),
      extraCharges,
      violations,
    },
    null,
    2,
  )
}

/** The table, the extra charges and the verdict, as text. */
export function toText(options: DemoOptions, plan: PlanSummary, result: RunResult, verdict: Verdict): string {
  const n = numbers(result)
  const { journal } = result
  const rows: [string, string | number, string?][] = [
    ['messages sent', n.messages, `${n.deliveries} deliveries`],
    ['distinct orders', n.orders],
    ['effects (charges)', n.effects, extraNote(verdict.extraCharges)],
    [
      'redeliveries skipped',
      n.redeliveriesSkipped,
      n.sharedInBatch ? `and ${n.sharedInBatch} shared within a batch` : '',
    ],
    ['busy', n.busy, 'another claim was live'],
    ['stuck items taken over', n.takeovers],
    ['failed and retried', n.failed, `${n.retried} claimed again`],
    ['dead-lettered', n.deadLettered, 'invalid, or an order id sent again with other content'],
    ['requests to DynamoDB per message', n.requestsPerMessage, `${n.requests} in all`],
  ]
  if (options.faults) {
    rows.push(
      [
        'workers killed',
        n.workersKilled,
        `${plan.kills} planned, ${journal.killsOnTheDead} found theirs dead already`,
      ],
      ['delivered twice at once', n.deliveredTwice, `${plan.twice} planned`],
      ['deletions lost', n.deletesLost, `${plan.lostDeletes} planned`],
      [
        'answers of the store cut',
        n.answersCut,
        `${n.lostAnswersRecognised} own writes recognised by their owner token`,
      ],
    )
  }
  const width = Math.max(...rows.map(([name]) => name.length))
  const table = rows.map(([name, value, note]) =>
    `  ${name.padEnd(width)}  ${String(value).padStart(6)}${note ? `   ${note}` : ''}`.trimEnd(),
  )
  const lines = ['', ...table, '']
  if (verdict.extraCharges.length > 0)
    lines.push('Charged more than once, and why:', ...verdict.extraCharges.map(extraLine), '')
  lines.push(...verdictLines(verdict, result))
  lines.push(
    options.faults
      ? `Seed ${options.seed}, fault plan ${plan.digest}, ${n.seconds} s. The same faults again: npm run demo -- --seed ${options.seed}`
      : `No faults, ${n.seconds} s.`,
  )
  return lines.join('\n')
}

function verdictLines({ violations }: Verdict, { ledger }: RunResult): string[] {
  if (violations.length > 0) return ['NOT as promised:', ...violations.map((violation) => `  ${violation}`)]
  const keys = new Set(ledger.map(({ chargeKey }) => chargeKey)).size
  return [
    'Checked against the effect ledger: every valid order charged, none lost, every extra charge explained,',
    'the dead-letter queue holds exactly what belongs there, every record COMPLETED.',
    `A payment provider that deduplicates by claim.keyFor('charge') would have seen ${keys} keys: one per order.`,
  ]
}

function extraNote(extra: readonly ExtraCharge[]): string {
  return extra.length > 0 ? `${extra.length} repeated, each explained below` : ''
}

function extraLine({ orderId, charge, next, cause, killedAt }: ExtraCharge): string {
  const again = `charged again by attempt ${next.attempt} in worker ${next.pid}`
  if (cause === 'killed' && killedAt !== undefined) {
    const at = new Date(killedAt).toISOString().slice(11, 23)
    return `  ${orderId}: worker ${charge.pid} was killed at ${at}, ${killedAt - charge.time} ms after the charge and before its completion; ${again}`
  }
  const why = {
    killed: 'the worker was killed',
    timeout: 'the worker ran into its timeout and was killed',
    'unknown-completion': 'whether its completion landed stayed unknown',
    outlived: 'the handler outlived its invocation',
  }[cause]
  return `  ${orderId}: worker ${charge.pid} charged, then ${why}; ${again}`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
