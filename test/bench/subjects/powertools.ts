import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import type { CreateSubject } from '../subject.ts'

/**
 * Powertools' idempotency and batch utilities as its page on the two together has them: the record handler is made
 * idempotent with the message id as key, every other option at its default, and the Lambda context is registered.
 *
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/#batch-integration
 */
export const create: CreateSubject = ({ table, client, work }) => {
  const processor = new BatchProcessor(EventType.SQS)
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'messageId' })
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: table,
    ...(client === undefined ? {} : { awsSdkV3Client: client }),
  })
  const record = makeIdempotent(async (message: SQSRecord) => await work(message.messageId), {
    persistenceStore,
    config,
  })
  return async (event: SQSEvent, context) => {
    config.registerLambdaContext(context)
    return await processPartialResponse(event, record, processor, { context })
  }
}
