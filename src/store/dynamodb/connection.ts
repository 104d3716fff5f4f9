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
import type { Runtime } from '../../runtime/runtime.ts'
import type { CallContext } from '../contract.ts'
import { type DynamoClient, type Outputs, storeClient } from './client.ts'
import { CallTimeoutError, ClientAnswerError, messageOf, nameOf } from './failures.ts'
import { Forms } from './forms.ts'
import { ServerClock } from './server-clock.ts'
import { keepServerDate, refusalOf, serverDateOf } from './server-date.ts'

/** Longest wait for one attempt of a call. */
const ATTEMPT_MS = 3_000
/** An attempt gets this much, or what is left: an answer of a busy server should not be cut for want of time later. */
const SHORTEST_ATTEMPT_MS = 250

/** One table behind one client: every request goes through here, is one attempt, and teaches the server's time. */
export class Connection {
  readonly table: string
  /** What was given, with the server's time for its wall clock. */
  readonly runtime: Runtime
  readonly clock: ServerClock
  readonly forms: Forms
  #client: DynamoClient | undefined

  constructor(table: string, client: DynamoClient | undefined, runtime: Runtime, batching: boolean) {
    this.table = table
    this.clock = new ServerClock(runtime)
    this.runtime = {
      now: () => this.clock.now(),
      monotonic: () => runtime.monotonic(),
      random: () => runtime.random(),
      token: () => runtime.token(),
      after: (ms, callback) => runtime.after(ms, callback),
      endOfTurn: (callback) => runtime.endOfTurn(callback),
    }
    this.forms = new Forms(runtime, batching)
    this.#client = client
    if (client !== undefined) keepServerDate(client)
  }

  /** Up to 25 statements in one request; the answers come in their order. */
  async execute(
    statements: BatchStatementRequest[],
    context: CallContext,
  ): Promise<readonly BatchStatementResponse[]> {
    const command = new BatchExecuteStatementCommand({ Statements: statements })
    const { Responses: responses } = await this.#send<Outputs['batch']>(command, context)
    return responses ?? []
  }

  batchGet(input: BatchGetItemCommandInput, context: CallContext): Promise<Outputs['batchGet']> {
    return this.#send(new BatchGetItemCommand(input), context)
  }

  get(input: GetItemCommandInput, context: CallContext): Promise<Outputs['get']> {
    return this.#send(new GetItemCommand(input), context)
  }

  put(input: PutItemCommandInput, context: CallContext): Promise<Outputs['put']> {
    return this.#send(new PutItemCommand(input), context)
  }

  update(input: UpdateItemCommandInput, context: CallContext): Promise<Outputs['update']> {
    return this.#send(new UpdateItemCommand(input), context)
  }

  /** One attempt, cut after three seconds or a third of what is left, whichever is less: there is to be time for others. */
  #send<Output>(command: { readonly input: object }, context: CallContext): Promise<Output> {
    const { runtime, clock } = this
    const left = context.deadline - runtime.monotonic()
    if (!(left >= 1)) return Promise.reject(new CallTimeoutError('no time left for a call', 0, true))
    const limit = Math.min(left, ATTEMPT_MS, Math.max(left / 3, SHORTEST_ATTEMPT_MS))
    const sent = clock.depart()
    const controller = new AbortController()
    return new Promise((resolve, reject) => {
      // The timer does not rely on the client's obeying the signal: a client of another shape may ignore it.
      const cancel = runtime.after(limit, () => {
        controller.abort()
        const text = `no answer within ${Math.round(limit)} ms${afterRefusal(command)}`
        reject(new CallTimeoutError(text, limit, limit < SHORTEST_ATTEMPT_MS))
      })
      const fail = (error: unknown) => {
        cancel()
        clock.learn(serverDateOf(error), sent, context)
        reject(error)
      }
      const take = (output: unknown) => {
        if (Object(output) !== output) return fail(new ClientAnswerError(answered(command, output)))
        cancel()
        clock.learn(serverDateOf(output), sent, context)
        // The client's overloads tie each command to its output; `Outputs` repeats that tie for the callers above.
        resolve(output as Output)
      }
      try {
        const answer: unknown = this.#made().send(command as never, { abortSignal: controller.signal })
        if (!isThenable(answer)) return fail(new ClientAnswerError(answered(command, answer)))
        answer.then(take, fail)
      } catch (error) {
        fail(error)
      }
    })
  }

  /** The default client is made for the first request: what mocks it, or sets the environment, may come before. */
  #made(): DynamoClient {
    if (this.#client === undefined) {
      this.#client = storeClient()
      keepServerDate(this.#client)
    }
    return this.#client
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof Object(value).then === 'function'
}

/** Why there was none, if the client was told and went on trying. */
function afterRefusal({ input }: { readonly input: object }): string {
  const refusal = refusalOf(input)
  return refusal === undefined ? '' : `, after ${nameOf(refusal)}: ${messageOf(refusal)}`
}

function answered(command: object, answer: unknown): string {
  return `client.send(${command.constructor.name}) answered with ${String(answer)}`
}
