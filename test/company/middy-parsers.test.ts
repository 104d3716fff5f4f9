import eventNormalizer from '@middy/event-normalizer'
import jsonBodyParser from '@middy/sqs-json-body-parser'
import type { AnyMiddleware } from '../lambda/middlewares.ts'
import { inMemory, outcomes, type Row } from './outcomes.ts'
import { underMiddy, type Where } from './under-middy.ts'

// The types of the first say that it has a default export, and those of the second know only their Middy's request.
const PARSERS = {
  '@middy/sqs-json-body-parser': () => (jsonBodyParser as unknown as () => AnyMiddleware)(),
  '@middy/event-normalizer': () => eventNormalizer() as AnyMiddleware,
} as const

const FIRST = /Something before it has parsed the body.*/
const rows = Object.entries(PARSERS).flatMap(([neighbour, make]): Row[] => {
  const row = (where: Where, todo: string, says?: RegExp): Row => ({
    neighbour: `\`${neighbour}\``,
    where,
    subjects: underMiddy(where, () => [make()]),
    todo,
    ...(says && { says }),
  })
  return [
    row('before, eachMessage', 'leave it out and give `schema`', FIRST),
    row('after, eachMessage', 'leave it out: eachMessage has the body from before, `schema` parses it'),
    row('before, whole batch', 'use it after idempotentBatch', FIRST),
    row('after, whole batch', 'right: the handler gets parsed bodies'),
    row('around sqsHandler', 'leave it out and give `schema`', FIRST),
  ]
})

outcomes('parsers', rows, inMemory)
