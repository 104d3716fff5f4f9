import { parseHttpDate } from '../../runtime/http-date.ts'
import type { DynamoClient } from './client.ts'

interface Deserialized {
  readonly response?: { readonly headers?: Readonly<Record<string, string>> }
  readonly output?: { readonly $metadata?: { serverDate?: number | undefined } }
}

interface Stack {
  add(
    middleware: (next: (args: unknown) => Promise<Deserialized>) => (args: unknown) => Promise<Deserialized>,
    options: { readonly step: 'deserialize'; readonly name: string; readonly override: true },
  ): void
}

/**
 * Makes the SDK keep the answer's `Date` header, as `$metadata.serverDate` in epoch ms. Added to the client's own
 * middleware stack under a name, so that two stores on one client add it once. A client without a stack goes without.
 */
export function keepServerDate(client: DynamoClient): void {
  if (!isStack(client.middlewareStack)) return
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const date = result.response?.headers?.['date']
      const metadata = result.output?.$metadata
      if (date !== undefined && metadata !== undefined) metadata.serverDate = parseHttpDate(date)
      return result
    },
    { step: 'deserialize', name: 'oncekitServerDate', override: true },
  )
}

function isStack(stack: unknown): stack is Stack {
  return typeof stack === 'object' && stack !== null && 'add' in stack && typeof stack.add === 'function'
}

/** The server's date in an SDK output, epoch ms. */
export function serverDateOf(output: unknown): number | undefined {
  const metadata = (output as { $metadata?: { serverDate?: unknown } } | undefined)?.$metadata
  return typeof metadata?.serverDate === 'number' ? metadata.serverDate : undefined
}
