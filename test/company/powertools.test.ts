import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { Tracer } from '@aws-lambda-powertools/tracer'
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware'
import middy from '@middy/core'
import xray from 'aws-xray-sdk-core'
import { describe, expect, it, vi } from 'vitest'
import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import { reported, rig, standard } from '../engine/rig.ts'
import { DUPLICATE } from '../engine/scripted-store.ts'
import { type AnyMiddleware, MIDDYS, type Request } from '../lambda/middlewares.ts'
import { inSegment } from './in-segment.ts'
import { inMemory, outcomes, type Row } from './outcomes.ts'
import type { Stage, Subject } from './scene.ts'
import { everywhere } from './under-middy.ts'

// What a function of Lambda has around it.
vi.hoisted(() => {
  Object.assign(process.env, {
    AWS_LAMBDA_FUNCTION_NAME: 'company',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    _HANDLER: 'index.handler',
    _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    POWERTOOLS_DEV: 'true',
  })
})

/** A context such as Powertools reads it. */
const CONTEXT = { functionName: 'company', memoryLimitInMB: '128', awsRequestId: 'request-1' }

// Their own types know only a context of Lambda's.
const logged = (logger: Logger) =>
  injectLambdaContext(logger, { resetKeys: true }) as unknown as AnyMiddleware
const measured = (metrics: Metrics) => logMetrics(metrics) as unknown as AnyMiddleware
const traced = (tracer: Tracer) => captureLambdaHandler(tracer) as unknown as AnyMiddleware

const quiet = () => new Logger({ logLevel: 'CRITICAL' })
const none = () => {}
const silent = { trace: none, debug: none, info: none, warn: none, error: none }
const metrics = () => new Metrics({ namespace: 'company', logger: silent })
const tracer = () => new Tracer({ enabled: true, captureHTTPsRequests: false })

/** A handler of the whole batch that leaves it to Powertools. */
const processed =
  (options: object) =>
  (stage: Stage): Subject => {
    const processor = new BatchProcessor(EventType.SQS)
    const record = async ({ body }: { body: string }) => stage.work(body)
    return (
      middy()
        .use(idempotentBatch(stage.options))
        // Its own types know only SQSEvent of aws-lambda.
        .handler((event) => processPartialResponse(event as never, record, processor, options)) as never
    )
  }

const rows: Row[] = [
  {
    neighbour: 'Logger, `injectLambdaContext`',
    where: 'anywhere',
    subjects: everywhere(() => [logged(quiet())]),
    todo: 'before, if oncekit’s own lines are to have the context: give the Logger as `logger`',
  },
  {
    neighbour: 'Metrics, `logMetrics`',
    where: 'anywhere',
    subjects: everywhere(() => [measured(metrics())]),
    todo: 'anywhere: oncekit’s own metrics are a line of their own',
  },
  {
    neighbour: 'Tracer, `captureLambdaHandler`',
    where: 'anywhere',
    subjects: everywhere(() => [traced(tracer())]).map((make) => (stage) => {
      const subject = make(stage)
      return (event, context) => inSegment(() => subject(event, context))
    }),
    todo: 'before, to see the claims in the handler’s segment; after, only the handler',
  },
  {
    neighbour: '`processPartialResponse` of BatchProcessor',
    where: 'as the handler of the whole batch',
    subjects: [processed({}), processed({ throwOnFullBatchFailure: false })],
    todo: 'works, but what it reports stays leased until the invocation would have ended: use `eachMessage`',
  },
]

outcomes('powertools', rows, inMemory)

describe.each(MIDDYS)(
  '%s: Powertools before idempotentBatch, and a batch of which nothing is to run',
  (_name, compose) => {
    /** One early answer: all records are duplicates. */
    async function allDuplicates(...theirs: AnyMiddleware[]) {
      const { base, context, store } = rig()
      store.claimScript = () => DUPLICATE
      const handler = compose(
        [...theirs, idempotentBatch(base)],
        eachMessage(() => {}),
      )
      expect(reported(await handler(standard('A', 'B'), { ...CONTEXT, ...context() }))).toEqual([])
    }

    it('the Tracer has closed its segment, and Lambda’s is the current one again', async () => {
      await inSegment(async (segment) => {
        await allDuplicates(traced(tracer()))
        expect(segment.subsegments).toMatchObject([
          { name: '## index.handler', end_time: expect.any(Number) },
        ])
        expect(xray.getSegment()).toBe(segment)
      })
    })

    it('Metrics are published', async () => {
      const kept = metrics()
      const publish = vi.spyOn(kept, 'publishStoredMetrics')
      await allDuplicates(measured(kept))
      expect(publish).toHaveBeenCalledOnce()
    })

    it('the Logger has forgotten the keys of this invocation', async () => {
      const logger = quiet()
      const keys = {
        before() {
          logger.appendKeys({ customer: 'one' })
        },
      }
      await allDuplicates(logged(logger), keys)
      expect(logger.getPersistentLogAttributes()).toEqual({})
      const seen = vi.spyOn(logger, 'resetKeys')
      await allDuplicates(logged(logger), keys)
      expect(seen).toHaveBeenCalledOnce()
    })

    it('what fails while they clean up changes no answer, and is told', async () => {
      const { base, context, store } = rig()
      store.claimScript = () => DUPLICATE
      const logger = { info() {}, warn: vi.fn(), error() {} }
      const broken = {
        before(request: Request) {
          request.internal = {
            'powertools-for-aws.metrics': () => {
              throw new RangeError('no metrics')
            },
          }
        },
      }
      const handler = compose(
        [broken, idempotentBatch({ ...base, logger })],
        eachMessage(() => {}),
      )
      expect(reported(await handler(standard('A'), context()))).toEqual([])
      expect(logger.warn).toHaveBeenCalledWith(
        expect.stringContaining('did not clean up'),
        expect.objectContaining({ failure: 'RangeError' }),
      )
    })
  },
)

describe('the Logger of Powertools as `logger`', () => {
  it('has in one line what failed, the error, and the context of the invocation', async () => {
    const lines: Record<string, unknown>[] = []
    const write = vi
      .spyOn(console, 'warn')
      .mockImplementation((line: string) => void lines.push(JSON.parse(line)))
    const logger = new Logger({ serviceName: 'orders' })
    for (const [, compose] of MIDDYS) {
      const { base, context } = rig()
      const handler = compose(
        [logged(logger), idempotentBatch({ ...base, logger })],
        eachMessage(() => {
          throw new RangeError('card declined')
        }),
      )
      expect(reported(await handler(standard('A'), { ...CONTEXT, ...context() }))).toEqual(['A'])
    }
    write.mockRestore()
    expect(lines).toHaveLength(MIDDYS.length)
    for (const line of lines) {
      expect(line).toMatchObject({
        level: 'WARN',
        message: 'Handler failed; the message comes back.',
        service: 'orders',
        function_name: 'company',
        function_request_id: 'request-1',
        messageId: 'A',
        error: { name: 'RangeError', message: 'card declined' },
      })
    }
  })
})
