import { Duration } from 'aws-cdk-lib'
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { readSettings, settingSources } from '../../infra/app/settings.ts'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import { IdempotentQueue } from '../../infra/constructs/idempotent-queue.ts'
import { ENTRY, errors, queueStack, thrown, warnings } from './test-stack.ts'

/** What infra/README.md shows, by the name before its block: each made by the mistake that it is about. */
export function shownErrors(): Readonly<Record<string, string>> {
  const shop = () => queueStack({ alarms: false })
  return {
    'two contradictions': thrown(() =>
      queueStack({ visibilityTimeout: Duration.seconds(20), retentionPeriod: Duration.days(14) }),
    ).message,
    'existing queue without a dead-letter queue': thrown(() => {
      const { stack, table } = shop()
      const queue = new Queue(stack, 'Source', { visibilityTimeout: Duration.minutes(3) })
      return new IdempotentQueue(stack, 'Refunds', { table, entry: ENTRY, queue })
    }).message,
    'table of another form': thrown(() => {
      const { stack } = shop()
      const existing = new Table(stack, 'Old', { partitionKey: { name: 'pk', type: AttributeType.STRING } })
      return new IdempotencyTable(stack, 'Existing', { existing })
    }).message,
    'one namespace twice': thrown(() => {
      const { stack, table } = shop()
      return new IdempotentQueue(stack, 'Refunds', { table, entry: ENTRY, namespace: 'orders' })
    }).message,
    'properties that would be ignored': thrown(() => {
      const { stack, table } = shop()
      const queue = Queue.fromQueueArn(stack, 'Source', 'arn:aws:sqs:eu-central-1:111122223333:orders')
      return new IdempotentQueue(stack, 'Refunds', { table, entry: ENTRY, queue, maxReceiveCount: 8 })
    }).message,
    'a mapping without ReportBatchItemFailures': (() => {
      const { stack, queue } = shop()
      const other = new Queue(stack, 'Other', { visibilityTimeout: Duration.minutes(3) })
      queue.handler.function.addEventSource(new SqsEventSource(other))
      return errors(stack).join('\n')
    })(),
    advice: warnings(queueStack({ ttl: Duration.days(14) }).stack, '/Shop/Orders').join('\n'),
    'wrong settings': thrown(() =>
      readSettings(
        settingSources((name) => (name === 'oncekit:chargeTtl' ? '18 days' : undefined), {
          ONCEKIT_DEPLOY_MAX_CONCURRENCY: '1',
        }),
      ),
    ).message,
    'unknown setting': thrown(() => settingSources(() => undefined, { ONCEKIT_DEPLOY_CHARGE_TLL: '18d' }))
      .message,
  }
}
