import { CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { describe, expect, it } from 'vitest'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import { IdempotentFunction } from '../../infra/constructs/idempotent-function.ts'
import { IdempotentQueue } from '../../infra/constructs/idempotent-queue.ts'
import type { IdempotentQueueProps } from '../../infra/constructs/idempotent-queue-props.ts'
import { INVARIANTS } from '../../infra/invariants/index.ts'
import { ENTRY, errors, onlyResource, queueStack, testApp, thrown, warnings } from './test-stack.ts'

/** Properties by which a user would run into each invariant. */
const MISTAKES: Readonly<Record<string, Partial<IdempotentQueueProps>>> = {
  'node-version': { runtime: Runtime.NODEJS_20_X },
  'visibility-range': { visibilityTimeout: Duration.hours(13) },
  'visibility-covers-timeout': { visibilityTimeout: Duration.seconds(20) },
  'visibility-covers-lease': { visibilityTimeout: Duration.seconds(30) },
  'visibility-covers-retries': { visibilityTimeout: Duration.seconds(179) },
  'visibility-covers-takeover': { visibilityTimeout: Duration.seconds(32) },
  'time-to-work': { timeout: Duration.seconds(1) },
  'dead-letter-retention': { retentionPeriod: Duration.days(14) },
  'attempts-outlast-lease': { maxReceiveCount: 1 },
  'receive-count': { maxReceiveCount: 4 },
  'window-range': { ttl: Duration.days(3651) },
  'window-outlives-lease': { ttl: Duration.seconds(32) },
  'window-outlives-retention': { ttl: Duration.days(4) },
  'window-outlives-redrive': { ttl: Duration.days(14) },
  'namespace-pattern': { namespace: 'all*' },
  'fifo-name': { fifo: true, queueName: 'orders' },
  'fifo-batch-size': { fifo: true, batchSize: 11 },
  'fifo-batching-window': { fifo: true, maxBatchingWindow: Duration.seconds(1) },
  'batch-size-range': { batchSize: 10_001, maxBatchingWindow: Duration.seconds(1) },
  'batching-window-range': { maxBatchingWindow: Duration.seconds(301) },
  'large-batch-needs-window': { batchSize: 11 },
  'reserved-concurrency': { reservedConcurrentExecutions: 10, maxConcurrency: 20 },
  'reserved-without-maximum': { reservedConcurrentExecutions: 10 },
  'max-concurrency-range': { maxConcurrency: 1 },
  'provisioned-pollers': { provisionedPollers: { minimum: 201, maximum: 300 } },
  'pollers-or-concurrency': { provisionedPollers: { minimum: 2 }, maxConcurrency: 20 },
}

/** Those that only an existing queue or mapping can break; they have tests of their own. */
const ELSEWHERE = ['partial-batch-response', 'dead-letter-present', 'dead-letter-type', 'fifo-throughput']

describe('an IdempotentQueue with a mistake', () => {
  it('is tried for every invariant', () => {
    const ids = INVARIANTS.map((invariant) => invariant.id)
    expect([...Object.keys(MISTAKES), ...ELSEWHERE].sort()).toEqual([...ids].sort())
  })

  for (const { id, severity } of INVARIANTS) {
    const mistake = MISTAKES[id]
    if (!mistake) continue
    if (severity === 'throw')
      it(`is refused: ${id}`, () => {
        expect(thrown(() => queueStack(mistake))).toMatchObject({
          name: 'ConfigError',
          message: expect.stringContaining(`. ${id}\n`),
        })
      })
    else
      it(`is advised, and the advice can be acknowledged: ${id}`, () => {
        const { stack } = queueStack(mistake)
        expect(warnings(stack, '/Shop/Orders').join()).toContain(`[ack: oncekit:${id}]`)
      })
  }

  it('is told of all contradictions at once, before anything is made', () => {
    const { message } = thrown(() =>
      queueStack({
        visibilityTimeout: Duration.seconds(20),
        retentionPeriod: Duration.days(14),
        ttl: Duration.seconds(10),
        batchSize: 50,
        namespace: 'all*',
      }),
    )
    expect(message).toContain('Shop/Orders is wired with 5 contradictions.')
  })

  it('is not judged by numbers that are tokens', () => {
    const app = testApp()
    const stack = new Stack(app, 'Shop')
    const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber
    const queue = new IdempotentQueue(stack, 'Orders', {
      table: new IdempotencyTable(stack, 'Records'),
      entry: ENTRY,
      namespace: 'orders',
      maxConcurrency: number('Concurrency'),
      maxReceiveCount: number('Receives'),
      reservedConcurrentExecutions: 10,
      visibilityTimeout: Duration.seconds(number('Visibility')),
    })
    expect(Token.isUnresolved(queue.wiring.visibilityMs)).toBe(false)
    expect(queue.wiring).toMatchObject({ visibilityMs: undefined, maxReceiveCount: undefined })
    expect(warnings(stack, '/Shop')).toEqual([])
  })
})

describe('existing parts', () => {
  const setUp = () => {
    const stack = new Stack(testApp(), 'Shop')
    const table = new IdempotencyTable(stack, 'Records')
    const code = { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('//') }
    const lambda = (timeout: number) =>
      new LambdaFunction(stack, `Existing${timeout}`, { ...code, timeout: Duration.seconds(timeout) })
    return { stack, table, lambda }
  }

  it('are read: the queue, its dead-letter queue and the function', () => {
    const { stack, table, lambda } = setUp()
    const deadLetterQueue = new Queue(stack, 'Dead', { retentionPeriod: Duration.days(10) })
    const queue = new Queue(stack, 'Source', {
      visibilityTimeout: Duration.seconds(300),
      retentionPeriod: Duration.days(2),
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 6 },
    })
    const wired = new IdempotentQueue(stack, 'Orders', {
      table,
      namespace: 'orders',
      queue,
      function: lambda(45),
    })
    expect(wired.wiring).toMatchObject({
      fifo: false,
      visibilityMs: 300_000,
      retentionMs: 172_800_000,
      maxReceiveCount: 6,
      deadLetter: { fifo: false, retentionMs: 864_000_000 },
      timeoutMs: 45_000,
      ttlMs: 12 * 86_400_000,
    })
    expect(wired.deadLetterQueue).toBe(deadLetterQueue)
    expect(warnings(stack, '/Shop')).toEqual([])
  })

  it('are judged by the defaults of SQS and Lambda where they set nothing: 30 s, 4 days, 3 s', () => {
    const { stack, table } = setUp()
    const bare = new LambdaFunction(stack, 'Bare', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('//'),
    })
    const dead = new Queue(stack, 'Dead', { retentionPeriod: Duration.days(14) })
    const queue = new Queue(stack, 'Source', { deadLetterQueue: { queue: dead, maxReceiveCount: 5 } })
    const { wiring } = new IdempotentQueue(stack, 'Orders', { table, queue, function: bare })
    expect(wiring).toMatchObject({ visibilityMs: 30_000, retentionMs: 345_600_000, timeoutMs: 3000 })
  })

  it('are refused together: dead-letter-present, visibility-covers-timeout', () => {
    const { stack, table, lambda } = setUp()
    const queue = new Queue(stack, 'Source')
    const { message } = thrown(
      () => new IdempotentQueue(stack, 'Orders', { table, queue, function: lambda(60) }),
    )
    expect(message).toContain('1. visibility-covers-timeout')
    expect(message).toContain('2. dead-letter-present')
  })

  it('are refused: fifo-throughput', () => {
    const { stack, table, lambda } = setUp()
    const dead = new Queue(stack, 'Dead', { fifo: true, retentionPeriod: Duration.days(14) })
    const queue = new Queue(stack, 'Source', {
      fifo: true,
      visibilityTimeout: Duration.seconds(180),
      deadLetterQueue: { queue: dead, maxReceiveCount: 5 },
    })
    // CDK's own queue refuses it; somebody may have set the resource's property.
    Object.assign(queue.node.defaultChild ?? {}, { fifoThroughputLimit: 'perMessageGroupId' })
    expect(() => new IdempotentQueue(stack, 'Orders', { table, queue, function: lambda(30) })).toThrow(
      '1. fifo-throughput',
    )
  })

  it('are refused: dead-letter-type', () => {
    const { stack, table } = setUp()
    const deadLetterQueue = new Queue(stack, 'Dead', { retentionPeriod: Duration.days(14) })
    expect(
      () => new IdempotentQueue(stack, 'Orders', { table, entry: ENTRY, fifo: true, deadLetterQueue }),
    ).toThrow('1. dead-letter-type')
  })

  it('that are imported are taken as they are, and what must be set by hand is named', () => {
    const { stack, table } = setUp()
    const arn = 'arn:aws:sqs:eu-central-1:111122223333:orders.fifo'
    const wired = new IdempotentQueue(stack, 'Orders', {
      table,
      namespace: 'orders',
      queue: Queue.fromQueueArn(stack, 'Source', arn),
      function: LambdaFunction.fromFunctionName(stack, 'Handler', 'orders'),
    })
    expect(wired.wiring).toMatchObject({ fifo: true, ttlMs: 14 * 86_400_000 })
    expect(wired.deadLetterQueue).toBeUndefined()
    const advice = warnings(stack, '/Shop/Orders').join()
    expect(advice).toContain('Set ONCEKIT_TABLE, ONCEKIT_NAMESPACE, ONCEKIT_TTL where the function is made.')
    expect(advice).toContain('[ack: oncekit:grants-by-hand]')
  })

  it('are not called standard when their ARN is a token: nobody knows', () => {
    const { stack, table, lambda } = setUp()
    const arn = new CfnParameter(stack, 'Arn').valueAsString
    const queue = Queue.fromQueueArn(stack, 'Source', arn)
    const { wiring } = new IdempotentQueue(stack, 'Orders', { table, queue, function: lambda(30) })
    expect(wiring.fifo).toBeUndefined()
  })

  it('get the environment of the records when they are functions of this app', () => {
    const { stack, table, lambda } = setUp()
    const handler = new IdempotentFunction(stack, 'Handler', { table, function: lambda(30), namespace: 'a' })
    expect(onlyResource(stack, 'AWS::Lambda::Function')).toMatchObject({
      Environment: {
        Variables: {
          ONCEKIT_TABLE: stack.resolve(table.table.tableName),
          ONCEKIT_NAMESPACE: handler.namespace,
          ONCEKIT_TTL: '1209600',
        },
      },
    })
  })

  it('are refused beside properties of new ones', () => {
    const { stack, table, lambda } = setUp()
    const queue = Queue.fromQueueArn(stack, 'Source', 'arn:aws:sqs:eu-central-1:111122223333:orders')
    const on = (id: string, props: Omit<IdempotentQueueProps, 'table'>) => () =>
      new IdempotentQueue(stack, id, { table, ...props })
    expect(on('A', { entry: ENTRY, queue, fifo: true, maxReceiveCount: 7 })).toThrow(
      'Shop/A is given an existing queue and also fifo, maxReceiveCount.',
    )
    expect(on('B', { function: lambda(30), memorySize: 256 })).toThrow(
      'Shop/B/Handler is given an existing function and also memorySize.',
    )
    expect(on('C', {})).toThrow('Shop/C/Handler has no function. Give "entry"')
    const deadLetterQueue = new Queue(stack, 'Dead', { retentionPeriod: Duration.days(14) })
    expect(on('D', { entry: ENTRY, deadLetterQueue, deadLetterRetention: Duration.days(9) })).toThrow(
      'existing deadLetterQueue and also deadLetterRetention',
    )
  })

  it('are refused where a variable that the construct sets is given too: it would be written over', () => {
    const { stack, table } = setUp()
    const environment = { ONCEKIT_TTL: '60', ONCEKIT_TABLE: 'mine', ONCEKIT_METRICS: 'off', OTHER: '1' }
    expect(() => new IdempotentQueue(stack, 'A', { table, entry: ENTRY, environment })).toThrow(
      'Shop/A/Handler is given ONCEKIT_TABLE, ONCEKIT_TTL in environment, which it sets itself: say it as "table", "ttl".',
    )
    const { ONCEKIT_METRICS, OTHER } = environment
    const rest = { ONCEKIT_METRICS, OTHER }
    expect(() => new IdempotentQueue(stack, 'B', { table, entry: ENTRY, environment: rest })).not.toThrow()
  })

  it('are refused where queue and function are known to be in two Regions', () => {
    const app = testApp()
    const stack = new Stack(app, 'Here', { env: { account: '111122223333', region: 'eu-central-1' } })
    const table = new IdempotencyTable(stack, 'Records')
    const queue = (region: string) =>
      Queue.fromQueueArn(stack, `Queue-${region}`, `arn:aws:sqs:${region}:111122223333:orders`)
    const text = 'is given a queue in us-east-1, and its function is in eu-central-1. Lambda polls queues'
    const there = queue('us-east-1')
    expect(() => new IdempotentQueue(stack, 'A', { table, entry: ENTRY, queue: there })).toThrow(text)
    const handler = new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY, namespace: 'one' })
    expect(() => new IdempotentQueue(stack, 'B', { table, function: handler, queue: there })).toThrow(text)
    expect(
      () => new IdempotentQueue(stack, 'C', { table, function: handler, queue: queue('eu-central-1') }),
    ).not.toThrow()
    expect(warnings(stack, '/Here/C').join()).not.toContain('queue-policy-by-hand')
    // A stack that does not say where it will be.
    const { stack: anywhere, table: records } = setUp()
    const imported = Queue.fromQueueArn(anywhere, 'There', 'arn:aws:sqs:us-east-1:111122223333:orders')
    expect(
      () => new IdempotentQueue(anywhere, 'D', { table: records, entry: ENTRY, queue: imported }),
    ).not.toThrow()
  })

  it('are advised on where the queue is of another account, whose policy cannot be seen', () => {
    const stack = new Stack(testApp(), 'Here', { env: { account: '111122223333', region: 'eu-central-1' } })
    const table = new IdempotencyTable(stack, 'Records')
    const queue = Queue.fromQueueArn(stack, 'There', 'arn:aws:sqs:eu-central-1:222222222222:orders')
    new IdempotentQueue(stack, 'A', { table, entry: ENTRY, namespace: 'a', queue })
    expect(warnings(stack, '/Here/A')).toEqual([
      expect.stringMatching(
        /^Here\/A reads a queue of account 222222222222, its function is in account 111122223333: .*sqs:ReceiveMessage.*queue's policy too.*oncekit:queue-policy-by-hand/,
      ),
    ])
  })

  it('include an IdempotentFunction with several queues', () => {
    const { stack, table } = setUp()
    const handler = new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY, ttl: Duration.days(30) })
    const one = new IdempotentQueue(stack, 'One', { table, function: handler })
    const two = new IdempotentQueue(stack, 'Two', { table, function: handler, fifo: true })
    expect([one.handler, two.handler]).toEqual([handler, handler])
    expect(two.wiring.ttlMs).toBe(30 * 86_400_000)
    expect(errors(stack)).toEqual([])
    expect(
      () => new IdempotentQueue(stack, 'Three', { table, function: handler, ttl: Duration.days(18) }),
    ).toThrow('is given an IdempotentFunction and also ttl.')
    const other = new IdempotencyTable(stack, 'Other')
    expect(() => new IdempotentQueue(stack, 'Four', { table: other, function: handler })).toThrow(
      'is given an IdempotentFunction and also another table.',
    )
  })
})

describe('an IdempotentFunction without a queue', () => {
  it('is refused for what can be told without one, all at once', () => {
    const { stack, table } = queueStack()
    const { message } = thrown(
      () =>
        new IdempotentFunction(stack, 'Alone', {
          table,
          entry: ENTRY,
          namespace: 'all*',
          ttl: Duration.seconds(32),
          timeout: Duration.seconds(30),
        }),
    )
    expect(message).toContain('Shop/Alone is wired with 2 contradictions.')
    expect(message).toContain('window-outlives-lease')
    expect(message).toContain('namespace-pattern')
  })
})

describe('namespaces', () => {
  it('are not shared by two functions of one table', () => {
    const { stack, table } = queueStack({ namespace: 'orders' })
    const again = () => new IdempotentQueue(stack, 'Again', { table, entry: ENTRY, namespace: 'orders' })
    expect(again).toThrow('Shop/Again/Handler and Shop/Orders/Handler both use the namespace "orders"')
  })

  it("come from the construct's path where neither they nor the function have a name, with a warning", () => {
    const { stack, table } = queueStack()
    const named = (id: string) => new IdempotentFunction(stack, id, { table, entry: ENTRY }).namespace
    const [one, two] = [named('One'), named('Two')]
    expect(one).toMatch(/^[A-Za-z0-9._-]{1,64}$/)
    expect(one).not.toBe(two)
    expect(warnings(stack, '/Shop/One')).toEqual([
      expect.stringContaining(`Set namespace: '${one}' to keep what is deployed`),
    ])
    const elsewhere = queueStack()
    const props = { table: elsewhere.table, entry: ENTRY }
    expect(new IdempotentFunction(elsewhere.stack, 'One', props).namespace).toBe(one)
  })
})
