import type {
  BatchExecuteStatementCommandInput,
  BatchGetItemCommandInput,
  BatchStatementRequest,
  DynamoDBClient,
  PutItemCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { DynamoClient } from '../../src/store/dynamodb/client.ts'

/** One command that the store sent. */
export interface Call {
  /** For example `BatchExecuteStatement`. */
  readonly operation: string
  /** Of that operation; the fields of the others are missing. */
  readonly input: Partial<BatchExecuteStatementCommandInput> &
    Partial<BatchGetItemCommandInput> &
    Partial<Omit<PutItemCommandInput, 'RequestItems'>> &
    Partial<UpdateItemCommandInput>
}

/** Stands between the store and the real client: may do something first, answer itself, or change the answer. */
export type Tap = (call: Call, forward: () => Promise<unknown>) => Promise<unknown>

export interface TappedClient extends DynamoClient {
  /** All that was sent since the last `reset`, oldest first. */
  readonly calls: readonly Call[]
  operations(): string[]
  statements(): BatchStatementRequest[]
  /** `undefined`: everything goes straight to the real client. */
  tap(next: Tap | undefined): void
  reset(): void
}

/** The real client with a tap in it. */
export function tappedClient(inner: DynamoDBClient): TappedClient {
  const calls: Call[] = []
  let tap: Tap | undefined
  return {
    calls,
    middlewareStack: inner.middlewareStack,
    operations: () => calls.map((call) => call.operation),
    statements: () => calls.flatMap((call) => call.input.Statements ?? []),
    tap(next) {
      tap = next
    },
    reset() {
      calls.length = 0
      tap = undefined
    },
    send(command: { readonly input: Call['input'] }, options?: { readonly abortSignal?: AbortSignal }) {
      const operation = command.constructor.name.replace(/Command$/, '')
      const call = { operation, input: command.input }
      calls.push(call)
      // Whatever command the store made goes on as it is.
      const forward = (): Promise<unknown> => inner.send(command as never, options)
      return tap === undefined ? forward() : tap(call, forward)
    },
  }
}

/** An error as the SDK throws it for the service's answer. */
export function serviceError(name: string, message = `said ${name}`): Error {
  return Object.assign(new Error(message), { name, $metadata: {}, $fault: 'client' })
}

/** A batch's answer with one statement's answer replaced; `undefined` takes it away with all that follow. */
export async function withResponse(
  forward: () => Promise<unknown>,
  index: number,
  response: object | undefined,
): Promise<unknown> {
  const output = (await forward()) as { Responses: object[] }
  if (response === undefined) output.Responses.length = index
  else output.Responses[index] = response
  return output
}
