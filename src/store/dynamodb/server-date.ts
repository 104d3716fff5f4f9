import { parseHttpDate } from '../../runtime/http-date.ts'
import type { DynamoClient } from './client.ts'

interface Answer {
  readonly headers?: Readonly<Record<string, string>>
}

interface Described {
  readonly $metadata?: { serverDate?: number | undefined }
}

interface Deserialized {
  readonly response?: Answer | undefined
  readonly output?: Described | undefined
}

interface Stack {
  add(
    middleware: (next: (args: unknown) => Promise<Deserialized>) => (args: unknown) => Promise<Deserialized>,
    options: {
      readonly step: 'deserialize'
      /** Outside of the SDK's own deserializer, where the output is there beside the response. */
      readonly priority: 'high'
      readonly name: string
      readonly override: true
    },
  ): void
}

/**
 * Makes the SDK keep the answer's `Date` header, as `$metadata.serverDate` in epoch ms, of outputs and of errors; and the
 * errors themselves until the client gives them out. Added
 * to the client's own middleware stack under a name, so that two stores on one client add it once. A client without a
 * stack goes without.
 */
export function keepServerDate(client: DynamoClient): void {
  if (!isStack(client.middlewareStack)) return
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        const { response, output } = await next(args)
        keep(response, output)
        return { response, output }
      } catch (error) {
        const failed = error as { readonly $response?: Answer } & Described
        keep(failed.$response, failed)
        const { input }: { readonly input?: unknown } = Object(args)
        if (typeof input === 'object' && input !== null) refusals.set(input, error)
        throw error
      }
    },
    { step: 'deserialize', priority: 'high', name: 'oncekitServerDate', override: true },
  )
}

/** The last refusal of each command, by its input. */
const refusals = new WeakMap<object, unknown>()

/**
 * What the server last said to a command that its client is still at: a client waits between tries of its own, and tells
 * of their failures only after the last.
 */
export function refusalOf(input: object): unknown {
  return refusals.get(input)
}

function keep(answer: Answer | undefined, described: Described | undefined): void {
  const date = answer?.headers?.['date']
  const metadata = described?.$metadata
  if (date !== undefined && metadata !== undefined) metadata.serverDate = parseHttpDate(date)
}

function isStack(stack: unknown): stack is Stack {
  return typeof Object(stack).add === 'function'
}

/** The server's date in an SDK output or error, epoch ms. */
export function serverDateOf(described: unknown): number | undefined {
  return (described as Described | undefined)?.$metadata?.serverDate
}
