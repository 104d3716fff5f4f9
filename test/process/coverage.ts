import type { SoakOptions } from './options.ts'
import type { SoakResult } from './run.ts'
import { FAULT_RATES, OVERRUN_EVERY } from './settings.ts'

/** So many requests or kills must have met something at least once. */
const EXPECTED = 20
const KILLS_THAT_BITE = 40

/** A run in which less went wrong than planned proves less than it says: one sentence for each gap. */
export function gaps(options: SoakOptions, { evidence, journals, requests, due }: SoakResult): string[] {
  const problems: string[] = []
  const planned = evidence.kills.filter(({ cause }) => cause === 'plan').length
  // A run that stops sending early owes the kills and crashes that were due until then.
  const whole = options.minutes === undefined
  const kills = whole ? options.kills : due.kills
  const outages = whole ? options.restarts : due.outages
  if (whole && evidence.sent.size !== options.messages)
    problems.push(`${evidence.sent.size} of ${options.messages} messages were sent.`)
  if (planned !== kills) problems.push(`${planned} of ${kills} kills were carried out.`)
  if (evidence.outages.length !== outages)
    problems.push(`${evidence.outages.length} of ${outages} crashes of the store were carried out.`)
  for (const [kind, rate] of Object.entries(FAULT_RATES)) {
    const met = evidence.faults.some((fault) => fault.kind === kind)
    if (!met && requests.requests * rate >= EXPECTED) problems.push(`No request met the fault ${kind}.`)
  }
  const noticed = new Set(journals.notices.map(({ notice }) => notice))
  if (
    options.environment === 'managed' &&
    evidence.sent.size >= 10 * OVERRUN_EVERY &&
    !noticed.has('late-settlement')
  )
    problems.push('No handler outlived its invocation.')
  if (planned < KILLS_THAT_BITE) return problems
  if (!noticed.has('takeover')) problems.push('No stuck item was taken over.')
  if (!noticed.has('own-write')) problems.push('No write of its own was recognised after a lost answer.')
  if (!evidence.ends.some(({ outcome }) => outcome === 'duplicate'))
    problems.push('No redelivery of a completed message was skipped.')
  return problems
}
