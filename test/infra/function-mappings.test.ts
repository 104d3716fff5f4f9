import { CfnParameter, Duration, Fn, Stack, Stage } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Stream } from 'aws-cdk-lib/aws-kinesis'
import {
  CfnEventSourceMapping,
  CfnFunction,
  Code,
  EventSourceMapping,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda'
import { KinesisEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { CfnQueue, Queue, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import { describe, expect, it } from 'vitest'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import {
  IdempotentFunction,
  type IdempotentFunctionProps,
} from '../../infra/constructs/idempotent-function.ts'
import { ENTRY, errors, queueStack, testApp, warnings } from './test-stack.ts'

/** A queue that breaks nothing, as far as its own. */
function otherQueue(stack: Stack, props: QueueProps = {}): Queue {
  return new Queue(stack, 'Other', {
    visibilityTimeout: Duration.minutes(3),
    deadLetterQueue: {
      queue: new Queue(stack, 'OtherDead', { retentionPeriod: Duration.days(14) }),
      maxReceiveCount: 5,
    },
    ...props,
  })
}

/** A function without a queue of ours. */
function lone(props: Partial<IdempotentFunctionProps> = {}): { stack: Stack; handler: IdempotentFunction } {
  const stack = new Stack(testApp(), 'Shop')
  const table = new IdempotencyTable(stack, 'Records')
  const own = { table, entry: ENTRY, namespace: 'orders', ttl: Duration.days(18), ...props }
  return { stack, handler: new IdempotentFunction(stack, 'Handler', own) }
}

/** Names of what is said about the mappings of a stack. */
function said(stack: Stack): { errors: string[]; advice: string[] } {
  return {
    errors: errors(stack).map((text) => text.slice(0, text.indexOf(':'))),
    advice: warnings(stack, `/${stack.node.path}`).flatMap(
      (text) => /oncekit:([\w-]+)\]$/.exec(text)?.[1] ?? [],
    ),
  }
}

describe('a mapping of the function that somebody else makes', () => {
  it('is an error at synth without ReportBatchItemFailures', () => {
    const { stack, queue } = queueStack()
    queue.handler.function.addEventSource(new SqsEventSource(otherQueue(stack)))
    expect(errors(stack)).toEqual([
      expect.stringMatching(
        /^partial-batch-response: .* The mapping feeds Shop\/Orders\/Handler\/Function\. /,
      ),
    ])
  })

  it('is found in another stack, too', () => {
    const { app, queue } = queueStack()
    const elsewhere = new Stack(app, 'Elsewhere')
    new EventSourceMapping(elsewhere, 'Mapping', {
      target: queue.handler.function,
      eventSourceArn: otherQueue(elsewhere).queueArn,
    })
    expect(errors(elsewhere)).toHaveLength(1)
  })

  it.each(['an alias', 'a version'])('is found behind %s', (face) => {
    const { stack, queue } = queueStack()
    const { function: handler } = queue.handler
    if (!(handler instanceof LambdaFunction)) throw new Error('Not a function of this app.')
    const target = face === 'an alias' ? handler.addAlias('live') : handler.currentVersion
    target.addEventSource(new SqsEventSource(otherQueue(stack)))
    expect(errors(stack)).toHaveLength(1)
  })

  it('is fine with ReportBatchItemFailures', () => {
    const { stack, queue } = queueStack()
    queue.handler.function.addEventSource(
      new SqsEventSource(otherQueue(stack), { reportBatchItemFailures: true }),
    )
    expect(errors(stack)).toEqual([])
  })

  it('is none of our business when it feeds another function', () => {
    const { stack } = queueStack()
    const other = new LambdaFunction(stack, 'OtherFunction', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('//'),
    })
    other.addEventSource(new SqsEventSource(otherQueue(stack)))
    expect(errors(stack)).toEqual([])
  })

  it('is none of our business when it reads a stream', () => {
    const { stack, handler } = lone()
    const startingPosition = StartingPosition.LATEST
    handler.function.addEventSource(new KinesisEventSource(new Stream(stack, 'Stream'), { startingPosition }))
    new EventSourceMapping(stack, 'Far', {
      target: handler.function,
      eventSourceArn: 'arn:aws:kinesis:eu-central-1:111122223333:stream/clicks',
      startingPosition,
    })
    new CfnEventSourceMapping(stack, 'Broker', {
      functionName: handler.function.functionName,
      eventSourceArn: 'arn:aws:mq:eu-central-1:111122223333:broker:orders:b-1',
    })
    expect(said(stack)).toEqual({ errors: [], advice: [] })
  })

  it('is silent when all of its numbers agree', () => {
    const { stack, handler } = lone()
    handler.function.addEventSource(new SqsEventSource(otherQueue(stack), { reportBatchItemFailures: true }))
    expect(said(stack)).toEqual({ errors: [], advice: [] })
  })
})

describe('the other invariants of such a mapping', () => {
  const mapped = (queue: QueueProps, fn: Partial<IdempotentFunctionProps> = {}) => {
    const { stack, handler } = lone(fn)
    handler.function.addEventSource(
      new SqsEventSource(otherQueue(stack, queue), { reportBatchItemFailures: true }),
    )
    return said(stack)
  }

  it('are errors: visibility = timeout, no dead-letter queue', () => {
    const { errors: wrong } = mapped({
      visibilityTimeout: Duration.seconds(30),
      deadLetterQueue: undefined as never,
    })
    expect(wrong).toEqual(['visibility-covers-lease', 'dead-letter-present'])
  })

  it('are advice: visibility below 6 × timeout, a window of two minutes, few deliveries', () => {
    expect(mapped({ visibilityTimeout: Duration.seconds(179) }).advice).toEqual(['visibility-covers-retries'])
    expect(mapped({}, { ttl: Duration.minutes(2) })).toEqual({
      errors: [],
      advice: ['window-outlives-retention'],
    })
    expect(mapped({}, { ttl: Duration.days(17) }).advice).toEqual(['window-outlives-redrive'])
  })

  it('know the queue and its dead-letter queue by whatever they were made', () => {
    const { stack, handler } = lone()
    const dead = new CfnQueue(stack, 'Dead', { messageRetentionPeriod: 345_600 })
    const bare = new CfnQueue(stack, 'Bare', {
      visibilityTimeout: 180,
      redrivePolicy: { deadLetterTargetArn: dead.attrArn, maxReceiveCount: 3 },
    })
    new CfnEventSourceMapping(stack, 'Mapping', {
      functionName: handler.function.functionArn,
      eventSourceArn: bare.attrArn,
      functionResponseTypes: ['ReportBatchItemFailures'],
      batchSize: 100,
      scalingConfig: { maximumConcurrency: 1 },
    })
    expect(said(stack)).toEqual({
      errors: ['dead-letter-retention', 'large-batch-needs-window', 'max-concurrency-range'],
      advice: ['receive-count'],
    })
  })

  it('know both from another stack', () => {
    const { stack, handler } = lone()
    const elsewhere = new Stack(stack.node.root as never, 'Elsewhere')
    new EventSourceMapping(elsewhere, 'Mapping', {
      target: handler.function,
      eventSourceArn: new Queue(stack, 'Quick').queueArn,
      reportBatchItemFailures: true,
    })
    expect(said(elsewhere).errors).toEqual(['visibility-covers-lease', 'dead-letter-present'])
  })

  it('judge what is known of an imported queue, and no more', () => {
    const { stack, handler } = lone()
    const source = (id: string, arn: string) =>
      new EventSourceMapping(stack, id, {
        target: handler.function,
        eventSourceArn: arn,
        reportBatchItemFailures: true,
        batchSize: 20,
        maxBatchingWindow: Duration.seconds(1),
      })
    source('Fifo', 'arn:aws:sqs:eu-central-1:111122223333:orders.fifo')
    source('Standard', 'arn:aws:sqs:eu-central-1:111122223333:orders')
    source('Parameter', new CfnParameter(stack, 'Arn').valueAsString)
    source('Import', Fn.importValue('orders'))
    expect(said(stack)).toEqual({ errors: ['fifo-batch-size', 'fifo-batching-window'], advice: [] })
  })

  it('find the function by its plain name, but not that of another stage', () => {
    const app = testApp()
    const [dev, prod] = ['Dev', 'Prod'].map((id) => {
      const stack = new Stack(new Stage(app, id), 'Shop')
      const table = new IdempotencyTable(stack, 'Records')
      new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY, functionName: 'charge' })
      return stack
    })
    if (!dev || !prod) throw new Error('Two stages.')
    for (const [id, functionName] of [
      ['Name', 'charge'],
      ['Qualified', 'charge:live'],
      ['Arn', 'arn:aws:lambda:eu-central-1:111122223333:function:charge'],
      ['Another', 'charge-2'],
    ] as const)
      new CfnEventSourceMapping(dev, id, {
        functionName,
        eventSourceArn: 'arn:aws:sqs:eu-central-1:111122223333:orders',
      })
    expect(said(dev).errors).toEqual(Array(3).fill('partial-batch-response'))
    expect(said(prod).errors).toEqual([])
  })

  it('see what was changed after the construct had judged it, and give no advice twice', () => {
    const { stack, queue } = queueStack({ visibilityTimeout: Duration.seconds(179) })
    expect(said(stack)).toEqual({ errors: [], advice: ['visibility-covers-retries'] })
    const changed = queueStack()
    const resource = changed.queue.queue.node.defaultChild
    if (!(resource instanceof CfnQueue)) throw new Error('Not a queue of this app.')
    resource.visibilityTimeout = 10
    expect(said(changed.stack).errors).toEqual(['visibility-covers-timeout'])
    const old = queueStack()
    const handler = old.queue.handler.function.node.defaultChild
    if (!(handler instanceof CfnFunction)) throw new Error('Not a function of this app.')
    handler.runtime = 'nodejs20.x'
    expect(said(old.stack).errors).toEqual(['node-version'])
    expect(queue.wiring.visibilityMs).toBe(179_000)
  })
})

describe('a function that may send to its own source queue', () => {
  const looping = (grant: (fixture: ReturnType<typeof queueStack>) => unknown, props = {}) => {
    const fixture = queueStack(props)
    grant(fixture)
    return said(fixture.stack).advice
  }

  it('is told of recursion detection, by whatever it was granted', () => {
    const advice = ['sends-to-itself']
    expect(looping(({ queue }) => queue.grantProduce(queue.handler))).toEqual(advice)
    expect(looping(({ queue }) => queue.queue.grantSendMessages(queue.handler.function))).toEqual(advice)
    const statement = (resource: string) => new PolicyStatement({ actions: ['sqs:*'], resources: [resource] })
    expect(
      looping(({ queue }) => queue.handler.function.addToRolePolicy(statement(queue.queue.queueArn))),
    ).toEqual(advice)
  })

  it('is not, if it may send to other queues alone, or may loop on purpose', () => {
    expect(looping(() => undefined)).toEqual([])
    expect(looping(({ stack, queue }) => otherQueue(stack).grantSendMessages(queue.handler))).toEqual([])
    expect(looping(({ queue }) => queue.deadLetterQueue?.grantSendMessages(queue.handler))).toEqual([])
    const loop = { recursiveLoop: RecursiveLoop.ALLOW }
    expect(looping(({ queue }) => queue.grantProduce(queue.handler), loop)).toEqual([])
  })
})
