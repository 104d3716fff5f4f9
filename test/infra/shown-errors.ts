import { Duration, Stack } from 'aws-cdk-lib'
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { readSettings, settingSources } from '../../infra/app/settings.ts'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import { IdempotentFunction } from '../../infra/constructs/idempotent-function.ts'
import { IdempotentQueue } from '../../infra/constructs/idempotent-queue.ts'
import { ENTRY, errors, queueStack, testApp, thrown, warnings } from './test-stack.ts'

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
      const dead = new Queue(stack, 'OtherDead', { retentionPeriod: Duration.days(14) })
      const deadLetterQueue = { queue: dead, maxReceiveCount: 5 }
      const other = new Queue(stack, 'Other', { visibilityTimeout: Duration.minutes(3), deadLetterQueue })
      queue.handler.function.addEventSource(new SqsEventSource(other))
      return errors(stack).join('\n')
    })(),
    'table of another account': (() => {
      const stack = new Stack(testApp(), 'Shop', { env: { account: '111111111111', region: 'eu-central-1' } })
      const arn = 'arn:aws:dynamodb:eu-central-1:222222222222:table/records'
      const table = new IdempotencyTable(stack, 'Records', { existing: Table.fromTableArn(stack, 'T', arn) })
      new IdempotentFunction(stack, 'Refunds', { table, entry: ENTRY, namespace: 'refunds' })
      return warnings(stack, '/Shop').join('\n')
    })(),
    'namespace from the path': (() => {
      const { stack, table } = shop()
      new IdempotentFunction(stack, 'Refunds', { table, entry: ENTRY })
      return warnings(stack, '/Shop/Refunds').join('\n')
    })(),
    'old Node.js': thrown(() => {
      const { stack, table } = shop()
      const props = { table, entry: ENTRY, namespace: 'refunds', runtime: Runtime.NODEJS_20_X }
      return new IdempotentFunction(stack, 'Refunds', props)
    }).message,
    'plain table': thrown(() => {
      const { stack } = shop()
      const table = Table.fromTableName(stack, 'T', 'records')
      return Reflect.construct(IdempotentFunction, [stack, 'Refunds', { table, entry: ENTRY }])
    }).message,
    'unknown property': thrown(() => {
      const { stack } = shop()
      return Reflect.construct(IdempotencyTable, [stack, 'More', { removalPolice: 'retain' }])
    }).message,
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
