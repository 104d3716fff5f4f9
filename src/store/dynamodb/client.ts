import {
  type BatchExecuteStatementCommandOutput,
  type BatchGetItemCommandOutput,
  DynamoDBClient,
  type DynamoDBClientConfig,
  type GetItemCommandOutput,
  type PutItemCommandOutput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb'
import { writeJsonBodies } from './json-bodies.ts'

type Logger = NonNullable<DynamoDBClientConfig['logger']>

/** What is sent along with a command. */
export interface SendOptions {
  readonly abortSignal?: AbortSignal
}

/** What the store asks of a client: the SDK's `DynamoDBClient`, one traced by another library, or anything of its shape. */
export interface DynamoClient {
  // The SDK's own `send` is overloaded per command; this is the shape that all of its overloads have in common.
  send(command: never, options?: SendOptions): Promise<unknown>
  readonly middlewareStack?: unknown
}

/** The outputs that the store reads, by what it sends. */
export interface Outputs {
  readonly batch: BatchExecuteStatementCommandOutput
  readonly batchGet: BatchGetItemCommandOutput
  readonly get: GetItemCommandOutput
  readonly put: PutItemCommandOutput
  readonly update: UpdateItemCommandOutput
}

/**
 * The SDK's logger middleware calls `logger?.info?.(…)` after every request, with copies of input and output cleaned of
 * secrets; its default logger does nothing, but the copies are made. Without the method they are not, which saves about
 * a tenth of a batch's CPU. (The type demands the methods; the code asks for each.)
 */
const QUIET = { debug() {}, warn() {} } as unknown as Logger

/**
 * A client that neither hangs nor waits long: the SDK's default has no request timeout at all. An attempt that gets
 * no answer is cut after three seconds and repeated by the SDK; the owner token makes the repetition safe.
 *
 * `cacheMiddleware` resolves the middleware stack once per kind of command instead of once per request, but only for
 * requests that are sent without options, an abort signal among them. So the signal goes another way: beside the command's
 * input, which every middleware hands on, to the innermost one, which gives it to the request handler as the SDK would.
 */
export function defaultClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    cacheMiddleware: true,
    logger: QUIET,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  })
  writeJsonBodies(client)
  const signals = new WeakMap<object, AbortSignal | undefined>()
  client.middlewareStack.add(
    () =>
      ({ input, request }) =>
        // At this step it is a request of the handler's own kind.
        client.config.requestHandler.handle(request as never, { abortSignal: signals.get(input) }),
    { step: 'deserialize', priority: 'low', name: 'oncekitAbortSignal' },
  )
  const send = client.send.bind(client)
  // The overloads tie each command to its output; what is sent and what comes back stay the same.
  client.send = ((command: { readonly input: object }, { abortSignal }: SendOptions = {}) => {
    signals.set(command.input, abortSignal)
    return send(command as never)
  }) as typeof client.send
  return client
}
