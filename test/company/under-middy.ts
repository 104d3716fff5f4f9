import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import type { SqsEvent } from '../../src/lambda/sqs-event.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { type AnyMiddleware, MIDDYS } from '../lambda/middlewares.ts'
import type { Row } from './outcomes.ts'
import type { Stage, Subject } from './scene.ts'

/** What oncekit's part is, and where a neighbour stands: `around` is used before it, `inside` after it. */
export const PLACES = {
  'before, eachMessage': { order: 'around', face: 'each' },
  'after, eachMessage': { order: 'inside', face: 'each' },
  'before, whole batch': { order: 'around', face: 'whole' },
  'after, whole batch': { order: 'inside', face: 'whole' },
  'around sqsHandler': { order: 'around', face: 'sqs' },
} as const
export type Where = keyof typeof PLACES

export interface MiddyOptions {
  readonly timeoutEarlyInMillis?: number
  readonly timeoutEarlyResponse?: () => unknown
}

/** A handler with a neighbour, once for each version of Middy. */
export function underMiddy(
  where: Where,
  neighbours: (stage: Stage) => readonly AnyMiddleware[],
  options: MiddyOptions = {},
): Row['subjects'] {
  const { order, face } = PLACES[where]
  return MIDDYS.map(([, compose]) => (stage: Stage): Subject => {
    const theirs = neighbours(stage)
    const handler = HANDLERS[face](stage)
    if (face === 'sqs') return compose(theirs, handler, options)
    const ours = idempotentBatch(stage.options)
    return compose(order === 'around' ? [...theirs, ours] : [ours, ...theirs], handler, options)
  })
}

const HANDLERS = {
  each: (stage: Stage) => eachMessage<string>(({ body }) => stage.work(body)),
  whole: (stage: Stage) => (event: SqsEvent) =>
    Promise.allSettled(event.Records.map(async ({ body }) => stage.work(body))),
  sqs: (stage: Stage) => sqsHandler(stage.options, ({ body }) => stage.work(body)),
} as const

/** At every place; the same must come out of all. */
export function everywhere(neighbours: (stage: Stage) => readonly AnyMiddleware[]): Row['subjects'] {
  // Object.keys forgets the names.
  return (Object.keys(PLACES) as Where[]).flatMap((where) => underMiddy(where, neighbours))
}
