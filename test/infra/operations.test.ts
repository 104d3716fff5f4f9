import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { describe, expect, it } from 'vitest'
import { IdempotencyDashboard } from '../../infra/constructs/dashboard.ts'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import { IdempotentQueue } from '../../infra/constructs/idempotent-queue.ts'
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../src/observe/metric-names.ts'
import { ENTRY, onlyResource, queueStack, resources, testApp } from './test-stack.ts'

const ALARM = 'AWS::CloudWatch::Alarm'

describe('metrics', () => {
  it('carry the names, the namespace and the dimension that the runtime writes', () => {
    const { metrics, handler } = queueStack().queue
    for (const [name, metric] of [
      ['claimed', metrics.claimed()],
      ['duplicates', metrics.duplicates()],
      ['busy', metrics.busy()],
      ['takeovers', metrics.takeovers()],
      ['leaseLost', metrics.leaseLost()],
      ['leftRunning', metrics.leftRunning()],
      ['duplicateEffects', metrics.duplicateEffects()],
      ['failOpen', metrics.failOpen()],
      ['clockSkew', metrics.clockSkew()],
      ['poisoned', metrics.poisoned()],
    ] as const)
      expect(metric).toMatchObject({
        namespace: METRIC_NAMESPACE,
        metricName: METRICS[name],
        dimensions: { [METRIC_DIMENSION]: handler.namespace },
        statistic: 'Sum',
      })
    expect(metrics.named('durationMs')).toMatchObject({ metricName: METRICS.durationMs, statistic: 'p95' })
  })

  it('can be changed as metrics of CDK can', () => {
    expect(queueStack().queue.metrics.claimed({ statistic: 'Average', label: 'x' })).toMatchObject({
      statistic: 'Average',
      label: 'x',
    })
  })
})

describe('alarms', () => {
  it('watch dead letters by those that are visible, since SQS does not count its own moves as sent', () => {
    const { stack } = queueStack()
    const names = watched(stack).map(({ MetricName }) => MetricName)
    expect(names).toContain('ApproximateNumberOfMessagesVisible')
    expect(names).not.toContain('NumberOfMessagesSent')
    expect(new Set(names)).toEqual(
      new Set([
        'ApproximateNumberOfMessagesVisible',
        'ApproximateAgeOfOldestMessage',
        METRICS.duplicateEffects,
        METRICS.failOpen,
        METRICS.leaseLost,
        METRICS.leftRunning,
        METRICS.clockSkew,
        METRICS.poisoned,
        METRICS.unknownCompletions,
        METRICS.storeUnavailable,
        METRICS.takeovers,
        'Errors',
        'Throttles',
      ]),
    )
  })

  it('watch the dead-letter queue, not the source queue', () => {
    const { stack, queue } = queueStack()
    const [alarm] = watched(stack).filter(
      ({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible',
    )
    expect(alarm?.['Dimensions']).toEqual([
      { Name: 'QueueName', Value: stack.resolve(queue.deadLetterQueue?.queueName) },
    ])
  })

  it('watch the errors and throttles of the function, of which the handler can write nothing', () => {
    const { stack, queue } = queueStack()
    const name = stack.resolve(queue.handler.function.functionName)
    for (const metric of ['Errors', 'Throttles']) {
      const alarms = watched(stack).filter(({ MetricName }) => MetricName === metric)
      expect(alarms.map(({ Namespace, Dimensions }) => [Namespace, Dimensions])).toEqual([
        ['AWS/Lambda', [{ Name: 'FunctionName', Value: name }]],
      ])
    }
    const [errors] = queue.alarms?.bySeverity.critical.filter(({ node }) => node.id === 'Errors') ?? []
    expect(stack.resolve(errors?.alarmName)).toBeDefined()
  })

  it('treat silence as health, since the runtime writes no zeros', () => {
    for (const alarm of resources(queueStack().stack, ALARM))
      expect(alarm['TreatMissingData']).toBe('notBreaching')
  })

  it('call by severity', () => {
    const stack = new Stack(testApp(), 'Shop')
    const [pager, ticket] = [new Topic(stack, 'Pager'), new Topic(stack, 'Ticket')]
    const { alarms } = new IdempotentQueue(stack, 'Orders', {
      table: new IdempotencyTable(stack, 'Records'),
      entry: ENTRY,
      alarms: { critical: [new SnsAction(pager)], warning: [new SnsAction(ticket)] },
    })
    expect(alarms?.bySeverity.critical).toHaveLength(5)
    expect(alarms?.bySeverity.warning).toHaveLength(8)
    for (const { AlarmDescription, AlarmActions } of resources(stack, ALARM)) {
      const topic = String(AlarmDescription).startsWith('critical:') ? pager : ticket
      expect(AlarmActions).toEqual([stack.resolve(topic.topicArn)])
    }
  })

  it('are left out when they are not wanted', () => {
    const { stack, queue } = queueStack({ alarms: false })
    expect(queue.alarms).toBeUndefined()
    Template.fromStack(stack).resourceCountIs(ALARM, 0)
  })
})

describe('the dashboard', () => {
  it('shows alarms, queues, functions and the table', () => {
    const { stack, table, queue } = queueStack()
    new IdempotencyDashboard(stack, 'Dashboard', { table, queues: [queue] })
    const body = JSON.stringify(onlyResource(stack, 'AWS::CloudWatch::Dashboard'))
    for (const metric of [
      METRICS.claimed,
      METRICS.duplicates,
      METRICS.takeovers,
      'ApproximateAgeOfOldestMessage',
      'ConsumedWriteCapacityUnits',
      'WriteThrottleEvents',
      'Errors',
      'Throttles',
    ])
      expect(body).toContain(metric)
    expect(body).toContain('## orders')
  })
})

interface Watched {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: readonly unknown[]
}

/** The metric of every alarm; CloudFormation has it one level deeper when it carries a label. */
function watched(stack: Stack): Watched[] {
  return resources(stack, ALARM).flatMap(({ Metrics }) =>
    // Synthesised by CDK.
    (Metrics as { MetricStat: { Metric: Watched } }[]).map(({ MetricStat }) => MetricStat.Metric),
  )
}
