import { Stack } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { assertRecords } from './given-table.ts'
import type { IdempotencyTable } from './idempotency-table.ts'
import type { IdempotentQueue } from './idempotent-queue.ts'
import { assertKnownProps } from './known-props.ts'
import { placeOf } from './table-place.ts'

export interface IdempotencyDashboardProps {
  readonly table: IdempotencyTable
  readonly queues: readonly IdempotentQueue[]
  /** @default made up by CloudFormation */
  readonly dashboardName?: string | undefined
}

const WIDTH = 8
const HEIGHT = 6

/** One dashboard: alarms first, then a row for each queue and its function, then the table. */
export class IdempotencyDashboard extends Construct {
  readonly dashboard: Dashboard

  constructor(scope: Construct, id: string, props: IdempotencyDashboardProps) {
    super(scope, id)
    assertKnownProps(this.node.path, 'IdempotencyDashboard', props)
    assertRecords(this.node.path, props.table)
    const { table, queues, dashboardName } = props
    this.dashboard = new Dashboard(this, 'Dashboard', dashboardName === undefined ? {} : { dashboardName })
    const alarms = queues.flatMap(({ alarms: own }) => (own ? Object.values(own.bySeverity).flat() : []))
    if (alarms.length > 0)
      this.dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 4 }))
    for (const queue of queues) {
      this.dashboard.addWidgets(
        new TextWidget({ markdown: `## ${queue.handler.namespace}`, width: 24, height: 1 }),
      )
      this.dashboard.addWidgets(...queueRow(queue))
    }
    this.dashboard.addWidgets(...tableRow(table, Stack.of(this).account))
  }
}

function queueRow({ metrics, handler }: IdempotentQueue): IWidget[] {
  const { function: runs } = handler
  return [
    graph(
      'Queue',
      [metrics.waiting(), metrics.inFlight(), ...present(metrics.deadLetters())],
      [metrics.age()],
    ),
    graph('Messages', [
      metrics.named('messages'),
      metrics.claimed(),
      metrics.named('completed'),
      metrics.duplicates(),
      metrics.named('failures'),
    ]),
    graph('Attention', [
      metrics.busy(),
      metrics.takeovers(),
      metrics.leaseLost(),
      metrics.leftRunning(),
      metrics.duplicateEffects(),
      metrics.failOpen(),
      metrics.clockSkew(),
      metrics.poisoned(),
    ]),
    graph('Function', [runs.metricInvocations(), metrics.errors(), metrics.throttles()]),
    graph('Duration', [runs.metricDuration({ statistic: 'p95' }), metrics.named('durationMs')]),
  ]
}

function tableRow({ table }: IdempotencyTable, ownAccount: string): IWidget[] {
  const { account, region } = placeOf(table) ?? table.env
  const metric = (metricName: string, statistic = 'Sum') =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      statistic,
      dimensionsMap: { TableName: table.tableName },
      ...(account === ownAccount ? {} : { account }),
      region,
      label: metricName,
    })
  return [
    graph('Table: units', [metric('ConsumedWriteCapacityUnits'), metric('ConsumedReadCapacityUnits')]),
    graph('Table: refused', [
      metric('WriteThrottleEvents'),
      metric('ReadThrottleEvents'),
      metric('ConditionalCheckFailedRequests'),
    ]),
    graph('Table: deleted by time to live', [metric('TimeToLiveDeletedItemCount')]),
  ]
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: WIDTH, height: HEIGHT })
}

function present<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value]
}
