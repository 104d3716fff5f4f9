import type { Cause } from './explain.ts'
import type { Verdict } from './oracle.ts'
import type { SoakResult } from './run.ts'

/** The numbers of a run, as `--json` prints them. */
export function numbers({ evidence, journals, queue, requests, drainSeconds }: SoakResult, verdict: Verdict) {
  const outcomes = countBy(evidence.ends.map(({ outcome }) => outcome))
  const notices = countBy(journals.notices.map(({ notice }) => notice))
  const { size: messages } = evidence.sent
  const extras = (kind: Cause['kind']) =>
    verdict.extraEffects.filter(({ cause }) => cause.kind === kind).length
  return {
    messages,
    effects: evidence.effects.length,
    extraEffects: verdict.extraEffects.length,
    extraAllowed: verdict.allowedExtra,
    extraByCause: {
      killed: extras('killed'),
      'unknown-completion': extras('unknown-completion'),
      'store-down': extras('store-down'),
      slow: extras('slow'),
    },
    records: evidence.records.length,
    deliveries: queue.received,
    invocations: queue.invocations,
    deliveredTwice: queue.deliveredAgain,
    deletesLost: queue.lostDeletes,
    workersStarted: journals.workers.size,
    killedWhileStarting: evidence.kills.filter(({ pid }) => !journals.workers.has(pid)).length,
    workersKilled: evidence.kills.filter(({ cause }) => cause === 'plan').length,
    workersTimedOut: evidence.kills.filter(({ cause }) => cause === 'timeout').length,
    storeCrashes: evidence.outages.length,
    storeDownSeconds: round(evidence.outages.reduce((sum, { from, to }) => sum + to - from, 0) / 1_000),
    requests: requests.requests,
    faults: requests.faults,
    unansweredByStore: requests.upstreamErrors,
    outcomes,
    notices,
    memory: verdict.memory.workers,
    seconds: round(evidence.seconds),
    drainSeconds: round(drainSeconds),
    messagesPerSecond: Math.round(messages / evidence.seconds),
  }
}

export type Numbers = ReturnType<typeof numbers>

function countBy(values: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([key, all]) => [key, all.length]))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
