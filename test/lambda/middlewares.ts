import middy7 from '@middy/core'
import middy6 from 'middy-6'
import type { InvocationContext } from '../../src/engine/invocation.ts'
import type { BatchRequest, IdempotentBatchMiddleware } from '../../src/lambda/idempotent-batch.ts'

/** What the tests use of Middy's request. */
export type Request = BatchRequest<string> & { error?: unknown }

export interface AnyMiddleware {
  readonly before?: (request: Request) => unknown
  readonly after?: (request: Request) => unknown
  readonly onError?: (request: Request) => unknown
}

type Handler = (event: never, context: never) => unknown

interface Options {
  readonly timeoutEarlyInMillis?: number
  readonly timeoutEarlyResponse?: () => unknown
}

/** Puts a handler together as a user does, with one of the two versions of Middy. */
export type Compose = (
  middlewares: readonly (AnyMiddleware | IdempotentBatchMiddleware<string>)[],
  handler: Handler,
  options?: Options,
) => (event: unknown, context?: InvocationContext) => Promise<unknown>

// The two differ in their types, not in what is used here: types have tests of their own.
const compose =
  (middy: typeof middy7): Compose =>
  (middlewares, handler, options = {}) => {
    const composed = middy(options as never)
    for (const middleware of middlewares) composed.use(middleware as never)
    composed.handler(handler as never)
    return async (event, context = {}) => composed(event as never, context as never)
  }

export const MIDDYS: readonly (readonly [string, Compose])[] = [
  ['Middy 7', compose(middy7)],
  ['Middy 6', compose(middy6 as unknown as typeof middy7)],
]
