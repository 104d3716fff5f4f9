import middy from '@middy/core'
import sqsBatch from '@middy/sqs-partial-batch-failure'
import * as z from 'zod'
import { eachMessage, idempotentBatch, type Options, sqsHandler } from '../../../src/index.ts'
import { defaultClient } from '../../../src/store/dynamodb/client.ts'
import {
  alsoReported,
  type FunctionSettings,
  type Parts,
  type Payload,
  type Subject,
  sortInPlace,
} from '../subject.ts'

const FINGERPRINTS: Record<Payload, 'body' | false | ((message: { body: unknown }) => unknown)> = {
  checked: 'body',
  ignored: false,
  'a set': ({ body }) => new Set(memberOf(body, 'items')),
  'not there': ({ body }) => memberOf(body, 'lines'),
}

/**
 * oncekit as its README has it: `sqsHandler` (or `idempotentBatch` where a scenario is about Middy) with a schema
 * where the key comes from the body. Metrics and log lines are off, so that the table can be read.
 */
export const oncekit: Subject = {
  name: 'oncekit',
  configuration:
    'sqsHandler({ table, key, schema where the key is in the body }), the default client; idempotentBatch with eachMessage where Middy has a part; maxAttempts where runs are limited (for the others the queue has maxReceiveCount); storeResult where results are stored',
  limitsRuns: true,
  defaultClient,
  create: ({ client, table, settings, work }) => {
    const broken = () => {
      throw new Error('The logger is broken.')
    }
    const common = {
      table,
      client,
      namespace: settings.functionName,
      observer: settings.brokenLogger ? broken : false,
      logger: settings.brokenLogger ? { info: broken, warn: broken, error: broken, debug: broken } : false,
      ...(settings.windowSeconds === undefined ? {} : { ttl: settings.windowSeconds }),
      ...(settings.payload === undefined ? {} : { fingerprint: FINGERPRINTS[settings.payload] }),
      ...(settings.mostRuns === undefined ? {} : { maxAttempts: settings.mostRuns }),
      ...(settings.storeResult ? { storeResult: true } : {}),
    } as const
    switch (settings.key) {
      case 'messageId':
      case 'default': {
        const { validates } = settings
        if (validates === undefined) return handlerOf(common, settings, work)
        const schema = z.unknown().refine(async (body) => {
          await validates(body)
          return true
        })
        return sqsHandler({ ...common, schema }, (message, claim) =>
          work({ record: message.record, signal: claim.signal }),
        )
      }
      case 'whole body':
        return handlerOf({ ...common, key: (message) => message.body }, settings, work)
      case 'orderId': {
        const schema = z.looseObject({ orderId: z.union([z.string(), z.number(), z.boolean()]).optional() })
        const sqs = sqsHandler(
          { ...common, schema, key: (message) => message.body.orderId as string },
          (message, claim) => work({ record: message.record, signal: claim.signal }),
        )
        return sqs
      }
      case 'customer and product': {
        const schema = z.looseObject({ customer: z.string().optional(), product: z.string().optional() })
        return sqsHandler(
          { ...common, schema, key: ({ body }) => [body.customer as string, body.product as string] },
          (message, claim) => work({ record: message.record, signal: claim.signal }),
        )
      }
    }
  },
}

function handlerOf(options: Options, settings: FunctionSettings, work: Parts['work']) {
  if (settings.partialBatchMiddleware || settings.sortsBatch) {
    const handler = middy().use(idempotentBatch(options))
    // Its types know their own Middy's request only.
    if (settings.partialBatchMiddleware) handler.use(sqsBatch({ logger: () => {} }) as never)
    return handler.handler((event) => {
      if (settings.sortsBatch) sortInPlace(event.Records)
      return Promise.allSettled(event.Records.map((record) => work({ record })))
    })
  }
  if (settings.alsoReports !== undefined) {
    return middy()
      .use(idempotentBatch(options))
      .handler(async (event) => {
        const { batchItemFailures } = await eachMessage(event, (message, claim) =>
          work({ record: message.record, signal: claim.signal }),
        )
        return { batchItemFailures: [...batchItemFailures, ...alsoReported(settings, event)] }
      })
  }
  if (settings.earlyTimeoutMs === undefined) {
    return sqsHandler(options, (message, claim) => work({ record: message.record, signal: claim.signal }))
  }
  return middy({ timeoutEarlyInMillis: settings.earlyTimeoutMs })
    .use(idempotentBatch(options))
    .handler(eachMessage((message, claim) => work({ record: message.record, signal: claim.signal })))
}

/** The body is parsed where the key is in it, and in these scenarios it is. */
function memberOf(body: unknown, name: string): Iterable<unknown> {
  return Reflect.get(Object(body), name)
}
