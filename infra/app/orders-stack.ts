import { join } from 'node:path'
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { AlarmProps } from '../constructs/alarms.ts'
import { IdempotencyDashboard } from '../constructs/dashboard.ts'
import { IdempotencyTable } from '../constructs/idempotency-table.ts'
import { IdempotentQueue } from '../constructs/idempotent-queue.ts'
import { ROOT } from './ensure-built.ts'
import type { Settings } from './settings.ts'

export interface OrdersStackProps extends StackProps {
  readonly settings: Settings
}

/**
 * The orders example: one table; a standard queue that charges orders and a FIFO queue that sends receipts, in order for
 * each customer; each function with its own deduplication window and namespace.
 */
export class OrdersStack extends Stack {
  readonly table: IdempotencyTable
  readonly charges: IdempotentQueue
  readonly receipts: IdempotentQueue

  constructor(scope: Construct, id: string, { settings, ...props }: OrdersStackProps) {
    super(scope, id, { description: 'oncekit: the orders example', ...props })
    const { removal: removalPolicy, maxReceiveCount, maxConcurrency } = settings
    this.table = new IdempotencyTable(this, 'Records', { removalPolicy, operationsIndex: true })
    const common = {
      table: this.table,
      removalPolicy,
      maxReceiveCount,
      maxConcurrency,
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      alarms: this.#actions(settings.alarmTopicArn),
    }
    this.charges = new IdempotentQueue(this, 'Charges', {
      ...common,
      entry: join(ROOT, 'examples', 'orders', 'handler.ts'),
      namespace: 'charge-orders',
      ttl: settings.chargeTtl,
      visibilityTimeout: settings.visibilityTimeout,
    })
    this.receipts = new IdempotentQueue(this, 'Receipts', {
      ...common,
      entry: join(ROOT, 'examples', 'orders', 'receipts.ts'),
      namespace: 'send-receipts',
      ttl: settings.receiptsTtl,
      visibilityTimeout: settings.visibilityTimeout,
      fifo: true,
      retentionPeriod: Duration.days(1),
      deadLetterRetention: Duration.days(4),
    })
    new IdempotencyDashboard(this, 'Dashboard', {
      table: this.table,
      queues: [this.charges, this.receipts],
    })
    new CfnOutput(this, 'TableName', { value: this.table.table.tableName })
    new CfnOutput(this, 'ChargesUrl', { value: this.charges.queue.queueUrl })
    new CfnOutput(this, 'ReceiptsUrl', { value: this.receipts.queue.queueUrl })
  }

  #actions(topicArn: string | undefined): AlarmProps {
    if (topicArn === undefined) return {}
    const action = new SnsAction(Topic.fromTopicArn(this, 'AlarmTopic', topicArn))
    return { critical: [action], warning: [action] }
  }
}
