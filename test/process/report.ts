import type { ExtraEffect } from './explain.ts'
import { megabytes } from './memory.ts'
import { type Numbers, numbers } from './numbers.ts'
import type { SoakOptions } from './options.ts'
import type { Verdict } from './oracle.ts'
import type { SoakResult } from './run.ts'

/** Repeated effects and violations printed one by one, at most. */
const LISTED = 12
/** Of the workers that lived longest; all are judged. */
const MEMORIES_LISTED = 3

export function toJson(options: SoakOptions, result: SoakResult, verdict: Verdict): string {
  const { violations, extraEffects } = verdict
  const report = { ok: violations.length === 0, options, ...numbers(result, verdict), violations }
  return JSON.stringify({ ...report, explanations: extraEffects.map(explanation) }, null, 2)
}

/** The table, how each repeated effect is explained, and the verdict. */
export function toText(options: SoakOptions, result: SoakResult, verdict: Verdict): string {
  const n = numbers(result, verdict)
  const rows = tableRows(n)
  const width = Math.max(...rows.map(([name]) => name.length))
  const digits = Math.max(...rows.map(([, value]) => format(value).length))
  const table = rows.map(([name, value, note]) =>
    `  ${name.padEnd(width)}  ${format(value).padStart(digits)}${note ? `   ${note}` : ''}`.trimEnd(),
  )
  const { extraEffects, violations } = verdict
  const lines = ['', ...table, '', ...memoryLines(verdict), '']
  if (extraEffects.length > 0)
    lines.push('Effects that were repeated, and why:', ...listed(extraEffects.map(explanation)), '')
  if (violations.length > 0) lines.push('NOT as promised:', ...listed(violations))
  else
    lines.push(
      'Every message had its effect, none is left, every repeated effect is explained,',
      'every record is COMPLETED by the claim whose effect was its last.',
    )
  const { messages, workers, kills, restarts, seed, minutes, environment } = options
  lines.push(
    `Seed ${seed}, ${n.seconds} s, ${n.messagesPerSecond} messages/s. The same fault plan again: npm run soak -- --messages ${messages} --workers ${workers} --kills ${kills} --restarts ${restarts}${environment === 'lambda' ? '' : ` --environment ${environment}`} --seed ${seed}${minutes === undefined ? '' : ` --minutes ${minutes}`}`,
  )
  return lines.join('\n')
}

function tableRows(n: Numbers): [name: string, value: number, note?: string][] {
  const { faults, outcomes, notices } = n
  return [
    [
      'messages sent',
      n.messages,
      `${format(n.deliveries)} deliveries in ${format(n.invocations)} invocations`,
    ],
    [
      'effects',
      n.effects,
      `${format(n.extraEffects)} repeated; kills, ambiguous faults, unanswered requests: ${format(n.extraAllowed)}`,
    ],
    ['  after a kill', n.extraByCause.killed],
    ['  after faults of the proxy', n.extraByCause['unknown-completion'], 'that left the completion unknown'],
    ['  while the store was down', n.extraByCause['store-down'], 'likewise'],
    ['  on a machine too busy to answer', n.extraByCause.slow, 'likewise, nothing injected'],
    ['records COMPLETED', n.records],
    [
      'redeliveries skipped',
      outcomes['duplicate'] ?? 0,
      `${format(n.deliveredTwice)} delivered twice at once, ${format(n.deletesLost)} deletions lost`,
    ],
    [
      'stuck items taken over',
      notices['takeover'] ?? 0,
      `${format(outcomes['busy'] ?? 0)} times busy before`,
    ],
    ['handlers that ended after their answer', notices['late-settlement'] ?? 0],
    ['own writes recognised', notices['own-write'] ?? 0, 'landed though their answer was lost'],
    ['completions unknown', outcomes['unknown-completion'] ?? 0, 'reported, so delivered again'],
    ['claims without a store', outcomes['store-unavailable'] ?? 0, 'reported, nothing run'],
    [
      'workers killed',
      n.workersKilled,
      `SIGKILL; ${n.killedWhileStarting} while starting; ${n.workersTimedOut} more ended at the timeout`,
    ],
    ['crashes of the store', n.storeCrashes, `SIGKILL; down for ${n.storeDownSeconds} s in all`],
    ['requests to the store', n.requests, `${format(n.unansweredByStore)} met it down or dying`],
    ['  answer lost after apply', faults['drop-answer']],
    ['  HTTP 500 after apply', faults['error-after-apply']],
    ['  delayed', faults['delay']],
    ['  reset', faults['reset']],
    ['  half-open', faults['half-open']],
    ['  throttled', faults['throttle']],
    ['drained after the last blow', n.drainSeconds, 'seconds'],
  ]
}

function memoryLines({ memory }: Verdict): string[] {
  if (memory.workers.length === 0) return ['Memory: not judged, no worker lived long enough.']
  const longest = memory.workers.toSorted((a, b) => b.samples - a.samples).slice(0, MEMORIES_LISTED)
  return longest.map(
    ({ pid, samples, heap, rss }) =>
      `Memory of worker ${pid}, second quarter of its life → last (medians of ${samples} samples): heap ${heap.map(megabytes).join(' → ')}, RSS ${rss.map(megabytes).join(' → ')}.`,
  )
}

/** One repeated effect: which message, which worker, and what came between its effect and its completion. */
function explanation({ messageId, effect, next, cause }: ExtraEffect): string {
  const again = `repeated by attempt ${next.attempt} in worker ${next.pid}`
  switch (cause.kind) {
    case 'killed': {
      const how = cause.kill.cause === 'plan' ? 'killed' : 'killed at its timeout'
      return `${messageId}: worker ${effect.pid} was ${how} ${cause.kill.time - effect.time} ms after the effect and before its completion; ${again}`
    }
    case 'unknown-completion': {
      const met = cause.faults
        .map(({ kind, operation, time }) => `${kind} on ${operation} after ${time - effect.time} ms`)
        .join(', ')
      return `${messageId}: its completion stayed unknown in worker ${effect.pid}, by faults after the effect: ${met}; ${again}`
    }
    case 'store-down': {
      const { from, to } = cause.outage
      return `${messageId}: the store was down for ${to - from} ms, so the completion stayed unknown in worker ${effect.pid}; ${again}`
    }
    case 'slow': {
      const how = cause.outOfTime
        ? 'the time of its batch ran out'
        : `${cause.noAnswers} requests got no answer in time`
      return `${messageId}: its completion stayed unknown in worker ${effect.pid} on a busy machine, ${how}; ${again}`
    }
  }
}

function listed(sentences: readonly string[]): string[] {
  const shown = sentences.slice(0, LISTED).map((sentence) => `  ${sentence}`)
  if (sentences.length > LISTED) shown.push(`  … and ${sentences.length - LISTED} more (--json has them all)`)
  return shown
}

function format(value: number): string {
  return value.toLocaleString('en-GB')
}
