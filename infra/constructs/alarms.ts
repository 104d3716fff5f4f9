import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { QueueMetrics } from './queue-metrics.ts'

/** `critical`: work is lost or repeated, or soon will be. `warning`: it holds, but somebody should look. */
export type Severity = 'critical' | 'warning'

/** What to do, by severity. An alarm without actions still shows on the dashboard. */
export type AlarmProps = { readonly [S in Severity]?: readonly IAlarmAction[] | undefined }

interface AlarmRule {
  readonly severity: Severity
  readonly threshold: number
  readonly meaning: string
  readonly metric: (metrics: QueueMetrics) => Metric | undefined
}

const RULES: Readonly<Record<string, AlarmRule>> = {
  DeadLetters: {
    severity: 'critical',
    threshold: 1,
    meaning: 'Messages lie in the dead-letter queue. Find the cause, then redrive them.',
    metric: (metrics) => metrics.deadLetters(),
  },
  DuplicateEffects: {
    severity: 'critical',
    threshold: 1,
    meaning: 'An effect happened twice: a run outlasted its lease, or a clock is off.',
    metric: (metrics) => metrics.duplicateEffects(),
  },
  FailOpen: {
    severity: 'critical',
    threshold: 1,
    meaning: 'Messages ran without a record, because the table did not answer: they may run again.',
    metric: (metrics) => metrics.failOpen(),
  },
  Errors: {
    severity: 'critical',
    threshold: 1,
    meaning:
      'Invocations of the function failed as a whole: their batches come back, up to the dead-letter queue. Its log says why: a wrong configuration, a timeout, no memory.',
    metric: (metrics) => metrics.errors(),
  },
  Throttles: {
    severity: 'warning',
    threshold: 1,
    meaning: 'Invocations were throttled; each raises receive counts without an attempt.',
    metric: (metrics) => metrics.throttles(),
  },
  LeaseLost: {
    severity: 'warning',
    threshold: 1,
    meaning: 'A record was taken over while its handler still ran.',
    metric: (metrics) => metrics.leaseLost(),
  },
  LeftRunning: {
    severity: 'warning',
    threshold: 1,
    meaning:
      'A handler hangs: its lease is no longer extended, and its message may be taken over while it runs.',
    metric: (metrics) => metrics.leftRunning(),
  },
  ClockSkew: {
    severity: 'warning',
    threshold: 1,
    meaning:
      "A host's clock is off. Leases are written in the table's time, but other clocks of that host are not.",
    metric: (metrics) => metrics.clockSkew(),
  },
  Poisoned: {
    severity: 'warning',
    threshold: 1,
    meaning: 'Messages were given up.',
    metric: (metrics) => metrics.poisoned(),
  },
  UnknownCompletions: {
    severity: 'warning',
    threshold: 1,
    meaning: 'Effects happened whose completion could not be confirmed; their messages come back.',
    metric: (metrics) => metrics.named('unknownCompletions'),
  },
  StoreUnavailable: {
    severity: 'warning',
    threshold: 1,
    meaning: 'The table was throttled or did not answer at claim time.',
    metric: (metrics) => metrics.named('storeUnavailable'),
  },
  Takeovers: {
    severity: 'warning',
    threshold: 10,
    meaning: 'Many runs were cut off: look for timeouts and out-of-memory kills.',
    metric: (metrics) => metrics.takeovers(),
  },
}

/** Alarms of one queue and its function. */
export class QueueAlarms extends Construct {
  /** All alarms, by severity. */
  readonly bySeverity: Readonly<Record<Severity, readonly Alarm[]>>

  /** @param oldestAllowed how old a message may get before it is critical */
  constructor(
    scope: Construct,
    id: string,
    metrics: QueueMetrics,
    oldestAllowed: Duration | undefined,
    actions: AlarmProps = {},
  ) {
    super(scope, id)
    const bySeverity: Record<Severity, Alarm[]> = { critical: [], warning: [] }
    const add = (
      name: string,
      { severity, threshold, meaning }: Omit<AlarmRule, 'metric'>,
      metric: Metric,
    ) => {
      const alarm = new Alarm(this, name, {
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // The handler writes no zeros.
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: `${severity}: ${meaning}`,
      })
      alarm.addAlarmAction(...(actions[severity] ?? []))
      bySeverity[severity].push(alarm)
    }
    for (const [name, { metric, ...rule }] of Object.entries(RULES)) {
      const measured = metric(metrics)
      if (measured) add(name, rule, measured)
    }
    if (oldestAllowed)
      add(
        'Age',
        {
          severity: 'critical',
          threshold: oldestAllowed.toSeconds(),
          meaning: "The oldest message has used up half of the queue's retention; at its end it is deleted.",
        },
        metrics.age({ period: Duration.minutes(5) }),
      )
    this.bySeverity = bySeverity
  }
}
