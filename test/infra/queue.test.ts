import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { IdempotentQueue } from '../../infra/constructs/idempotent-queue.ts'
import { LEASE_DEFAULTS } from '../../infra/invariants/lease-defaults.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { ENVIRONMENT } from '../../src/protocol/names.ts'
import { ENTRY, onlyResource, queueStack, resources, warnings } from './test-stack.ts'

const MAPPING = 'AWS::Lambda::EventSourceMapping'
const DAY = 86_400

describe('IdempotentQueue', () => {
  it('makes queue, dead-letter queue, function and mapping whose numbers agree, without advice', () => {
    const { stack } = queueStack()
    const [dead, source] = resources(stack, 'AWS::SQS::Queue')
    expect(dead).toMatchObject({ MessageRetentionPeriod: 14 * DAY, SqsManagedSseEnabled: true })
    expect(source).toMatchObject({
      VisibilityTimeout: 180,
      MessageRetentionPeriod: 4 * DAY,
      RedrivePolicy: { maxReceiveCount: 5 },
      SqsManagedSseEnabled: true,
    })
    expect(onlyResource(stack, MAPPING)).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })
    expect(warnings(stack, '/Shop')).toEqual([])
  })

  it('runs the function on arm64 and the newest Node.js, with JSON logs, kept for a month, and traces', () => {
    const { stack } = queueStack()
    expect(onlyResource(stack, 'AWS::Lambda::Function')).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Timeout: 30,
      MemorySize: 512,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
    })
    expect(onlyResource(stack, 'AWS::Logs::LogGroup')).toMatchObject({ RetentionInDays: 30 })
  })

  it('runs on the newest Node.js that this CDK knows', () => {
    const versions = Runtime.ALL.flatMap(({ name }) => /^nodejs(\d+)\.x$/.exec(name)?.[1] ?? []).map(Number)
    const { stack } = queueStack()
    expect(onlyResource(stack, 'AWS::Lambda::Function')['Runtime']).toBe(`nodejs${Math.max(...versions)}.x`)
  })

  it('tells the function table, namespace and window by the names that the runtime reads', () => {
    const { stack, table } = queueStack({ ttl: Duration.days(20), environment: { STAGE: 'test' } })
    const { Variables } = { ...(onlyResource(stack, 'AWS::Lambda::Function')['Environment'] as object) } as {
      Variables?: Record<string, unknown>
    }
    expect(Variables).toEqual({
      STAGE: 'test',
      [ENVIRONMENT.table]: stack.resolve(table.table.tableName),
      [ENVIRONMENT.namespace]: 'orders',
      [ENVIRONMENT.ttl]: String(20 * DAY),
    })
  })

  it('sets a window that outlives one redrive when none is given', () => {
    expect(queueStack().queue.wiring.ttlMs).toBe(18 * DAY * 1000)
    expect(queueStack({ fifo: true }).queue.wiring.ttlMs).toBe(22 * DAY * 1000)
    expect(queueStack({ retentionPeriod: Duration.days(1) }).queue.wiring.ttlMs).toBe(15 * DAY * 1000)
  })

  it("reckons with the handler's own defaults of grace, clock error and reserve", () => {
    const settings = resolveOptions({}, { ONCEKIT_TABLE: 'records', ONCEKIT_NAMESPACE: 'orders' })
    expect(LEASE_DEFAULTS).toEqual({
      leaseGraceMs: settings.leaseGraceMs,
      clockErrorMs: settings.clockErrorMs,
      deadlineReserveMs: settings.deadlineReserveMs,
    })
  })

  it('gives room for retries: 6 × timeout and the batching window', () => {
    const { queue, stack } = queueStack({
      timeout: Duration.seconds(60),
      batchSize: 500,
      maxBatchingWindow: Duration.seconds(5),
    })
    expect(queue.wiring.visibilityMs).toBe(365_000)
    expect(onlyResource(stack, MAPPING)).toMatchObject({
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 5,
    })
    expect(warnings(stack, '/Shop')).toEqual([])
  })

  it('makes FIFO queues with throughput and deduplication per group', () => {
    const { stack } = queueStack({ fifo: true })
    for (const queue of resources(stack, 'AWS::SQS::Queue'))
      expect(queue).toMatchObject({
        FifoQueue: true,
        FifoThroughputLimit: 'perMessageGroupId',
        DeduplicationScope: 'messageGroup',
      })
    expect(onlyResource(stack, MAPPING)['MaximumBatchingWindowInSeconds']).toBeUndefined()
  })

  it('limits concurrency, or keeps pollers ready', () => {
    expect(onlyResource(queueStack({ maxConcurrency: 20 }).stack, MAPPING)).toMatchObject({
      ScalingConfig: { MaximumConcurrency: 20 },
    })
    const { stack } = queueStack({ provisionedPollers: { minimum: 4, maximum: 100 } })
    expect(onlyResource(stack, MAPPING)).toMatchObject({
      ProvisionedPollerConfig: { MinimumPollers: 4, MaximumPollers: 100 },
    })
    const most = queueStack({ provisionedPollers: { maximum: 10_000 } })
    expect(onlyResource(most.stack, MAPPING)).toMatchObject({
      ProvisionedPollerConfig: { MaximumPollers: 10_000 },
    })
  })

  it('refuses connections without TLS and takes a customer managed key', () => {
    const { stack } = queueStack()
    const template = Template.fromStack(stack)
    template.resourceCountIs('AWS::SQS::QueuePolicy', 2)
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      }),
    })
  })

  it('encrypts both queues with a customer managed key, which the function may use', () => {
    const { stack, table } = queueStack()
    const encryptionKey = new Key(stack, 'Key')
    const keyed = new IdempotentQueue(stack, 'Keyed', { table, entry: ENTRY, encryptionKey })
    expect([keyed.queue.encryptionMasterKey, keyed.deadLetterQueue?.encryptionMasterKey]).toEqual([
      encryptionKey,
      encryptionKey,
    ])
    const policies = JSON.stringify(resources(stack, 'AWS::IAM::Policy'))
    expect(policies).toContain('kms:Decrypt')
  })

  it('keeps queues and logs when the stack goes, unless told otherwise', () => {
    for (const [removalPolicy, policy] of [
      [undefined, 'Retain'],
      [RemovalPolicy.DESTROY, 'Delete'],
    ] as const) {
      const template = Template.fromStack(queueStack({ removalPolicy }).stack)
      template.allResources('AWS::SQS::Queue', { DeletionPolicy: policy })
      template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: policy })
    }
  })
})
