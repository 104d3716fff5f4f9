import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchStatementRequest,
  type BatchStatementResponse,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { certainOffset, isCompared, narrowOffset, type OffsetBounds } from '../../protocol/clock-offset.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { CallContext } from '../contract.ts'
import type { DynamoClient, Outputs } from './client.ts'
import { CallTimeoutError, isAccessDenied, type StatementFailure } from './failures.ts'
import { serverDateOf } from './server-date.ts'

/** Longest wait for one call, the SDK's own retries included, when the invocation's deadline is further away. */
const CALL_TIMEOUT_MS = 10_000

/** What came of a batch of statements. */
export type Executed =
  | { readonly responses: readonly BatchStatementResponse[] }
  | { readonly failed: unknown }

const DENIED: StatementFailure = { Code: 'AccessDenied' }

/** One table behind one client: every request goes through here, has a deadline and teaches the clock offset. */
export class Connection {
  readonly table: string
  readonly runtime: Runtime
  /** Whether the batch forms are used; off by option, or after this role was denied them. */
  batching: boolean
  #client: DynamoClient
  #offset: OffsetBounds | undefined

  constructor(table: string, client: DynamoClient, runtime: Runtime, batching: boolean) {
    this.table = table
    this.runtime = runtime
    this.batching = batching
    this.#client = client
  }

  /** Whether an answer came fast enough to compare the clocks. */
  get clockIsKnown(): boolean {
    return isCompared(this.#offset)
  }

  /** Whether answers tell the server's time, but all so slowly that the next one should be waited for. */
  get clockIsUnsure(): boolean {
    return this.#offset !== undefined && !isCompared(this.#offset)
  }

  /** Server's clock minus this host's, as far as it is certain; ms. */
  get clockOffsetMs(): number {
    return certainOffset(this.#offset)
  }

  /**
   * Writes up to 25 statements in one request; the answers come in their order. `failed`: the request itself, or the
   * batch form is not to be used, which counts as denied. Never rejects.
   */
  async execute(statements: BatchStatementRequest[], context: CallContext): Promise<Executed> {
    if (!this.batching) return { failed: DENIED }
    try {
      const command = new BatchExecuteStatementCommand({ Statements: statements })
      const { Responses: responses = [] } = await this.#send<Outputs['batch']>(command, context.deadline)
      const denied = responses.find((response) => isAccessDenied(response.Error))
      if (denied !== undefined) this.deny('BatchExecuteStatement', denied.Error, context)
      return { responses }
    } catch (error) {
      if (isAccessDenied(error)) this.deny('BatchExecuteStatement', error, context)
      return { failed: error }
    }
  }

  /** This role may not use the batch form: single items from now on, and one notice. */
  deny(operation: string, error: unknown, context: CallContext): void {
    if (!this.batching) return
    this.batching = false
    context.notify?.({ kind: 'batch-denied', operation, error })
  }

  batchGet(input: BatchGetItemCommandInput, deadline: number): Promise<Outputs['batchGet']> {
    return this.#send(new BatchGetItemCommand(input), deadline)
  }

  get(input: GetItemCommandInput, deadline: number): Promise<Outputs['get']> {
    return this.#send(new GetItemCommand(input), deadline)
  }

  put(input: PutItemCommandInput, deadline: number): Promise<Outputs['put']> {
    return this.#send(new PutItemCommand(input), deadline)
  }

  update(input: UpdateItemCommandInput, deadline: number): Promise<Outputs['update']> {
    return this.#send(new UpdateItemCommand(input), deadline)
  }

  #send<Output>(command: unknown, deadline: number): Promise<Output> {
    const { runtime } = this
    const started = runtime.monotonic()
    const timeout = Math.min(deadline - started, CALL_TIMEOUT_MS)
    if (timeout <= 0) return Promise.reject(new CallTimeoutError('no time left for a call'))
    const sentAt = runtime.now()
    const controller = new AbortController()
    return new Promise((resolve, reject) => {
      // The timer does not rely on the client's obeying the signal: a client of another shape may ignore it.
      const cancel = runtime.after(timeout, () => {
        controller.abort()
        reject(new CallTimeoutError(`no answer within ${Math.round(timeout)} ms`))
      })
      // The client's overloads tie each command to its output; `Outputs` repeats that tie for the callers above.
      this.#client.send(command as never, { abortSignal: controller.signal }).then(
        (output) => {
          cancel()
          this.#learnOffset(output, sentAt)
          resolve(output as Output)
        },
        (error: unknown) => {
          cancel()
          this.#learnOffset(error, sentAt)
          reject(error)
        },
      )
    })
  }

  #learnOffset(output: unknown, sentAt: number): void {
    const serverDate = serverDateOf(output)
    if (serverDate === undefined) return
    this.#offset = narrowOffset(this.#offset, { serverDate, sentAt, receivedAt: this.runtime.now() })
  }
}
