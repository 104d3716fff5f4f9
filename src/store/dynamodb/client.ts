import {
  type BatchExecuteStatementCommandOutput,
  type BatchGetItemCommandOutput,
  DynamoDBClient,
  type GetItemCommandOutput,
  type PutItemCommandOutput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb'
import { ConfigError } from '../../errors/config-error.ts'

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
 * A client for short attempts: the store cuts each by the abort signal and repeats it, so one repetition inside is
 * enough, for a connection that was closed while idle and for a clock that the signature must be corrected by.
 */
export function defaultClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    cacheMiddleware: true,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000 },
  })
  // It takes the options above as they are, so every request would fail: such a one may stand in an old layer or image.
  if (typeof client.config.requestHandler?.handle !== 'function') {
    throw new ConfigError(
      'The @aws-sdk/client-dynamodb that is loaded is older than 3.600, which the default client needs. Install or bundle a newer one, or give a client of your own: new DynamoDBClient({}).',
    )
  }
  return client
}

/**
 * The default client as the store uses it. `cacheMiddleware` resolves the middleware once per kind of command instead of
 * once per request, but only for requests that are sent without options, an abort signal among them. So the signal goes
 * beside the command's input, which every middleware is handed, to one that hands it to the request handler as the SDK
 * would. `send` is looked up at each call: a mock may have been put there since.
 */
export function storeClient(client: DynamoDBClient = defaultClient()): DynamoClient {
  const signals = new WeakMap<object, AbortSignal>()
  client.middlewareStack.add(
    (next) => async (args) => {
      const abortSignal = signals.get(args.input)
      if (abortSignal === undefined) return next(args)
      // At this step it is a request of the handler's own kind; its output is for the SDK's deserializer.
      const { response } = await client.config.requestHandler.handle(args.request as never, { abortSignal })
      return { response } as never
    },
    { step: 'deserialize', priority: 'low', name: 'oncekitAbortSignal' },
  )
  return {
    middlewareStack: client.middlewareStack,
    send(command: { readonly input: object }, { abortSignal }: SendOptions = {}) {
      if (abortSignal !== undefined) signals.set(command.input, abortSignal)
      // The overloads tie each command to its output; what is sent and what comes back stay the same.
      return client.send(command as never)
    },
  }
}
