import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import sqsBatch from '@middy/sqs-partial-batch-failure'
import type { SQSEvent } from 'aws-lambda'
import middyCore from 'middy-6'
import { type FunctionSettings, type Parts, type Subject, sortInPlace, validated } from '../subject.ts'

/**
 * Middy's partial batch response as its page has it: every record in `Promise.allSettled`, on a FIFO queue one after
 * the other. It keeps no records: whatever comes twice runs twice, and its column shows what that means.
 *
 * @see https://middy.js.org/docs/middlewares/sqs-partial-batch-failure
 */
export const middy: Subject = {
  name: 'middy',
  configuration:
    'middy().use(sqsBatch()).handler(event => Promise.allSettled(event.Records.map(work))), on FIFO queues the sequential form; it has no idempotency',
  limitsRuns: false,
  defaultClient: () => new DynamoDBClient({}),
  create: ({ settings, work: given }) => {
    const work = validated({ settings, work: given })
    const broken = () => {
      throw new Error('The logger is broken.')
    }
    const logger = settings.brokenLogger ? broken : () => {}
    const handler = middyCore<SQSEvent>(
      settings.earlyTimeoutMs === undefined ? {} : { timeoutEarlyInMillis: settings.earlyTimeoutMs },
    )
      .use(sqsBatch({ logger }))
      .handler(withAnswer(settings, settings.fifo ? sequential(work) : parallel(work)))
    return handler as unknown as ReturnType<Subject['create']>
  },
}

type BatchHandler = ReturnType<typeof parallel>

/** The handler with what it does to the batch before, and to the answer after. */
function withAnswer({ sortsBatch, alsoReports }: FunctionSettings, handler: BatchHandler): BatchHandler {
  return async (event, context, more) => {
    if (sortsBatch) sortInPlace(event.Records)
    const results = await handler(event, context, more)
    return results.map((result, index): PromiseSettledResult<unknown> => {
      const reported = alsoReports && event.Records[index]?.messageId.includes(alsoReports)
      return reported ? { status: 'rejected', reason: new Error('Reported by the handler.') } : result
    })
  }
}

function parallel(work: Parts['work']) {
  return (event: SQSEvent, _: unknown, { signal }: { signal: AbortSignal }) =>
    Promise.allSettled(event.Records.map((record) => work({ record, signal })))
}

function sequential(work: Parts['work']) {
  return async (event: SQSEvent, _: unknown, { signal }: { signal: AbortSignal }) => {
    const promises: Promise<unknown>[] = []
    for (const record of event.Records) {
      try {
        promises.push(Promise.resolve(await work({ record, signal })))
      } catch (error) {
        promises.push(Promise.reject(error))
      }
    }
    return await Promise.allSettled(promises)
  }
}
