import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch'
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import { makeHandlerIdempotent } from '@aws-lambda-powertools/idempotency/middleware'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import sqsBatch from '@middy/sqs-partial-batch-failure'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import middy from 'middy-6'
import {
  alsoReported,
  type FunctionSettings,
  type Parts,
  type Payload,
  type Subject,
  sortInPlace,
  validated,
} from '../subject.ts'

const KEYS: Record<FunctionSettings['key'], string> = {
  default: 'messageId',
  messageId: 'messageId',
  orderId: 'powertools_json(body).orderId',
  'customer and product': 'powertools_json(body).[customer, product]',
  'whole body': 'powertools_json(body)',
}

const PAYLOADS: Record<Payload, { payloadValidationJmesPath?: string }> = {
  checked: { payloadValidationJmesPath: 'body' },
  ignored: {},
  'a set': { payloadValidationJmesPath: 'powertools_json(body).items' },
  'not there': { payloadValidationJmesPath: 'powertools_json(body).lines' },
}

/**
 * Powertools' idempotency and batch utilities as their documentation combines them: `makeIdempotent` on the record
 * handler, the Lambda context registered, `BatchProcessor` for standard queues and `SqsFifoPartialProcessorAsync` for
 * FIFO ones. Options that a scenario is about (payload validation, window, key) are set as documented; all others
 * stay at their defaults.
 *
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/#batch-integration
 */
export const powertools: Subject = {
  name: 'powertools',
  configuration:
    'makeIdempotent(record handler, { DynamoDBPersistenceLayer, IdempotencyConfig({ eventKeyJmesPath }) }) with registerLambdaContext, in processPartialResponse with BatchProcessor (SqsFifoPartialProcessorAsync on FIFO queues); payloadValidationJmesPath where payloads are compared; makeHandlerIdempotent where Middy has a part',
  limitsRuns: false,
  defaultClient: () => new DynamoDBClient({}),
  create: ({ client, table, settings, work: given }) => {
    const work = validated({ settings, work: given })
    // Read by the persistence layer when it is made.
    process.env['AWS_LAMBDA_FUNCTION_NAME'] = settings.functionName
    const persistenceStore = new DynamoDBPersistenceLayer({ tableName: table, awsSdkV3Client: client })
    const config = new IdempotencyConfig({
      eventKeyJmesPath: settings.earlyTimeoutMs === undefined ? KEYS[settings.key] : 'Records[*].messageId',
      ...(settings.windowSeconds === undefined ? {} : { expiresAfterSeconds: settings.windowSeconds }),
      ...PAYLOADS[settings.payload ?? 'ignored'],
    })
    if (settings.earlyTimeoutMs !== undefined) {
      return middyHandler(settings.earlyTimeoutMs, { persistenceStore, config }, work)
    }
    const processor = settings.fifo ? new SqsFifoPartialProcessorAsync() : new BatchProcessor(EventType.SQS)
    const record = makeIdempotent(async (message: SQSRecord) => await work({ record: message }), {
      persistenceStore,
      config,
    })
    if (settings.partialBatchMiddleware) {
      const handler = middy<SQSEvent>()
        .use(sqsBatch({ logger: () => {} }))
        .handler((event: SQSEvent) => Promise.allSettled(event.Records.map((one) => record(one))))
      return async (event, context) => {
        config.registerLambdaContext(context)
        return await (handler as unknown as ReturnType<Subject['create']>)(event, context)
      }
    }
    return async (event, context) => {
      config.registerLambdaContext(context)
      if (settings.sortsBatch) sortInPlace(event.Records)
      const answer = await processPartialResponse(event, record, processor, { context })
      return { batchItemFailures: [...answer.batchItemFailures, ...alsoReported(settings, event)] }
    }
  },
}

/** The whole event is one idempotent operation; that is what the middleware is for. */
function middyHandler(
  timeoutEarlyInMillis: number,
  options: Parameters<typeof makeHandlerIdempotent>[0],
  work: Parts['work'],
) {
  const handler = middy<SQSEvent>({ timeoutEarlyInMillis })
    .use(makeHandlerIdempotent(options))
    .handler(async (event: SQSEvent, _: unknown, { signal }: { signal: AbortSignal }) => {
      for (const record of event.Records) await work({ record, signal })
      return { batchItemFailures: [] }
    })
  return handler as ReturnType<Subject['create']>
}
