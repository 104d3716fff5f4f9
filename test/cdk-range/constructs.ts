/**
 * Every construct of `oncekit/cdk`, in every form that asks something else of aws-cdk-lib. Copied beside the packed
 * package and the lowest aws-cdk-lib, and run here on the newest.
 */
import { App, Duration, Stack } from 'aws-cdk-lib'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Vpc } from 'aws-cdk-lib/aws-ec2'
import { Key } from 'aws-cdk-lib/aws-kms'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LayerVersion,
  RecursiveLoop,
  Runtime,
  RuntimeFamily,
} from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { IdempotencyDashboard, IdempotencyTable, IdempotentFunction, IdempotentQueue } from 'oncekit/cdk'
import { print } from './printed.ts'

const entry = process.argv[1] ?? ''
// Bundling is tried by the example's stack.
const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, treeMetadata: false })
const stack = new Stack(app, 'Range', { env: { account: '111111111111', region: 'eu-central-1' } })
const actions = [new SnsAction(new Topic(stack, 'Alarms'))]

const table = new IdempotencyTable(stack, 'Records', {
  tableName: 'records',
  encryptionKey: new Key(stack, 'Key'),
  operationsIndex: true,
  warmThroughput: { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 50_000 },
  maxWriteRequestUnits: 60_000,
})
const orders = new IdempotentQueue(stack, 'Orders', {
  table,
  entry,
  functionName: 'charge-orders',
  description: 'Charges orders',
  maxConcurrency: 50,
  batchSize: 100,
  maxBatchingWindow: Duration.seconds(2),
  reservedConcurrentExecutions: 60,
  encryptionKey: new Key(stack, 'QueueKey'),
  alarms: { critical: actions, warning: actions },
  layers: [
    LayerVersion.fromLayerVersionArn(stack, 'Layer', `arn:aws:lambda:eu-central-1:111111111111:layer:t:1`),
  ],
  vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: ['eu-central-1a'],
    privateSubnetIds: ['subnet-0a1b2c3d'],
  }),
  architecture: Architecture.X86_64,
  recursiveLoop: RecursiveLoop.TERMINATE,
})
const receipts = new IdempotentQueue(stack, 'Receipts', {
  table,
  entry,
  namespace: 'send-receipts',
  fifo: true,
  provisionedPollers: { minimum: 2, maximum: 5000 },
})
orders.grantProduce(orders.handler)
orders.grantRedrive(receipts.handler)
table.grantOperate(orders.handler)

const old = new LambdaFunction(stack, 'Old', {
  // By its name: a CDK that is older than this Node.js runs it all the same.
  runtime: new Runtime('nodejs22.x', RuntimeFamily.NODEJS, { supportsInlineCode: true }),
  handler: 'index.handler',
  code: Code.fromInline('//'),
})
const global = new TableV2(stack, 'Global', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  timeToLiveAttribute: 'ttl',
  replicas: [{ region: 'eu-west-1' }],
})
const shared = new IdempotencyTable(stack, 'Shared', { existing: global })
const alias = new IdempotentFunction(stack, 'Behind', {
  table: shared,
  function: old.addAlias('live') as never,
})
alias.function.addEventSource(new SqsEventSource(new Queue(stack, 'Bare'), { reportBatchItemFailures: true }))

const arn = 'arn:aws:dynamodb:eu-west-1:222222222222:table/records'
const far = new IdempotencyTable(stack, 'Far', { existing: Table.fromTableArn(stack, 'Imported', arn) })
new IdempotentFunction(stack, 'FarHandler', { table: far, entry, namespace: 'far' })
new IdempotencyDashboard(stack, 'Dashboard', { table, queues: [orders, receipts] })

print(app, 'Range')
