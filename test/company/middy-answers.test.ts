import partialBatchFailure from '@middy/sqs-partial-batch-failure'
import type { AnyMiddleware, Request } from '../lambda/middlewares.ts'
import { inMemory, outcomes, type Row } from './outcomes.ts'
import { underMiddy, type Where } from './under-middy.ts'

/** Its own types know only their Middy's request. */
const version6 = () => partialBatchFailure({ logger: () => {} }) as AnyMiddleware

/**
 * What version 7 does with an answer that is no list of results: it takes every record for failed, without an error. That
 * version is not on every registry; this is its rule, in our words.
 */
const version7 = (): AnyMiddleware => ({
  after(request: Request) {
    const results: { status?: string }[] = Array.isArray(request.response) ? request.response : []
    const failed = request.event.Records.filter((_record, index) => results[index]?.status !== 'fulfilled')
    request.response = { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  },
})

const DROP = /Drop @middy\/sqs-partial-batch-failure.*/

const row = (
  neighbour: string,
  make: () => AnyMiddleware,
  where: Where,
  todo: string,
  says?: RegExp,
): Row => ({
  neighbour,
  where,
  subjects: underMiddy(where, () => [make()]),
  todo,
  ...(says && { says }),
})
const six = '`@middy/sqs-partial-batch-failure` 6'
const seven = '`@middy/sqs-partial-batch-failure` 7'
outcomes(
  'answers',
  [
    row(six, version6, 'before, eachMessage', 'drop it', DROP),
    row(six, version6, 'after, eachMessage', 'drop it', DROP),
    row(six, version6, 'before, whole batch', 'drop it', DROP),
    row(six, version6, 'after, whole batch', 'drop it: idempotentBatch reads the results itself'),
    row(six, version6, 'around sqsHandler', 'drop it', DROP),
    row(seven, version7, 'before, eachMessage', 'drop it', DROP),
    row(seven, version7, 'after, eachMessage', 'drop it', DROP),
    row(seven, version7, 'before, whole batch', 'drop it', DROP),
    row(seven, version7, 'after, whole batch', 'drop it: idempotentBatch reads the results itself'),
    row(seven, version7, 'around sqsHandler', 'drop it', DROP),
  ],
  inMemory,
)
