import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  type BatchStatementResponse,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Rates, RequestFault } from '../faults.ts'
import type { Host } from '../host.ts'
import type { Random } from '../random.ts'
import type { World } from '../world.ts'
import type { Item } from './item.ts'
import { type Statement, statementOf } from './partiql.ts'
import { ServiceError } from './service-error.ts'
import { idOf, type Table } from './table.ts'

/** What the simulated service knows about this seed. */
export interface ServiceState {
  readonly world: World
  readonly table: Table
  /** Replaced when faults stop. */
  rates: Rates
  /** Does a failed statement of a batch carry the item? Unknown of AWS, so both. */
  readonly statementReturnsItem: boolean
  /** The role lacks the batch forms: refused as a whole, or statement by statement. */
  readonly batchDenied: 'no' | 'request' | 'statement'
  /** How close to the server's clock a host's is kept, ms. */
  readonly clockErrorMs: number
  /** One way through the network, ms: lowest and highest. */
  readonly wayMs: readonly [number, number]
  /** The only fault of a quiet seed. */
  readonly oneFault: { readonly fault: RequestFault; readonly at: number } | undefined
  /** Attempts of requests so far. */
  attempts: number
  /** Who hears what the code under test learns of its completions. */
  completions?: CompletionWatcher | undefined
  /** Whether completions are throttled now. */
  isThrottled(): boolean
}

/** Told when a call that carries completions comes back to the code that made it. */
export interface CompletionWatcher {
  answered(host: Host, command: unknown, output: object): void
  failed(host: Host, command: unknown, error: ServiceError): void
}

/** Applies a command to the table, now. `share`: per mille of a batch's statements that are applied. */
export function apply(command: unknown, state: ServiceState, host: Host, share: number): object {
  const { table } = state
  if (command instanceof PutItemCommand) {
    const { input } = command
    const result = table.put(input, host)
    if ('code' in result) throw conditionFailed(result.found, input.ReturnValuesOnConditionCheckFailure)
    return answer(state, {})
  }
  if (command instanceof UpdateItemCommand) {
    const { input } = command
    const result = table.update(input, host)
    if ('code' in result) throw conditionFailed(result.found, input.ReturnValuesOnConditionCheckFailure)
    return answer(state, input.ReturnValues === 'ALL_OLD' ? { Attributes: result.old } : {})
  }
  if (command instanceof GetItemCommand) {
    const { input } = command
    return answer(state, { Item: table.read(input.Key ?? {}, input.ConsistentRead === true, host) })
  }
  if (command instanceof BatchGetItemCommand) return batchGet(command, state, host)
  if (command instanceof BatchExecuteStatementCommand) return batchExecute(command, state, host, share)
  throw new Error(`the simulated service does not know ${String(command)}`)
}

export function isBatch(command: unknown): boolean {
  return command instanceof BatchGetItemCommand || command instanceof BatchExecuteStatementCommand
}

export function isWrite(command: unknown): boolean {
  return !(command instanceof BatchGetItemCommand || command instanceof GetItemCommand)
}

/** Whether a command creates records: a claim of a first delivery. */
export function isClaim(command: unknown): boolean {
  if (command instanceof PutItemCommand) return command.input.Item?.['status']?.S === 'IN_PROGRESS'
  if (!(command instanceof BatchExecuteStatementCommand)) return false
  return command.input.Statements?.[0]?.Statement?.startsWith('INSERT') ?? false
}

/** The ids of records that a command completes. */
export function completedIn(command: unknown): readonly string[] {
  if (command instanceof UpdateItemCommand) {
    const { ExpressionAttributeValues: values = {}, Key: key = {} } = command.input
    return values[':status']?.S === 'COMPLETED' ? [idOf(key)] : []
  }
  if (command instanceof PutItemCommand) {
    const { Item: item = {} } = command.input
    return item['status']?.S === 'COMPLETED' ? [idOf(item)] : []
  }
  if (!(command instanceof BatchExecuteStatementCommand)) return []
  const { Statements: statements = [] } = command.input
  // All of a group are of one kind or may be: each is looked at.
  return statements.flatMap(({ Statement: text = '', Parameters: parameters = [] }) =>
    // What is asked for in the condition is the record as it was.
    text.split(' WHERE ')[0]?.includes("'COMPLETED'") ? [statementOf(text, parameters).id] : [],
  )
}

function batchGet(command: BatchGetItemCommand, state: ServiceState, host: Host): object {
  const { table, world, rates } = state
  const request = command.input.RequestItems?.[table.name]
  const keys = request?.Keys ?? []
  if (keys.length > 100) throw new ServiceError('ValidationException', 400, 'more than 100 keys')
  const found: Item[] = []
  const left: Item[] = []
  for (const key of keys) {
    if (world.random.chance(rates.unprocessed)) {
      world.coverage.hit('unprocessedKeys')
      host.faults++
      left.push(key)
      continue
    }
    const item = table.read(key, request?.ConsistentRead === true, host)
    if (item !== undefined) found.push(item)
  }
  const unprocessed = left.length === 0 ? {} : { [table.name]: { ...request, Keys: left } }
  // The order of the answers is not that of the keys.
  return answer(state, {
    Responses: { [table.name]: world.random.shuffle(found) },
    UnprocessedKeys: unprocessed,
  })
}

function batchExecute(
  command: BatchExecuteStatementCommand,
  state: ServiceState,
  host: Host,
  share: number,
): object {
  const { world, table, rates } = state
  const statements = command.input.Statements ?? []
  if (statements.length > 25) throw new ServiceError('ValidationException', 400, 'more than 25 statements')
  const ids = new Set<string>()
  const responses: BatchStatementResponse[] = []
  for (const { Statement: text = '', Parameters: parameters } of statements) {
    if (parameters?.length === 0) throw new ServiceError('ValidationException', 400, 'no parameters')
    const statement = statementOf(text, parameters ?? [])
    const { id } = statement
    if (ids.has(id)) throw new ServiceError('ValidationException', 400, 'an item is named twice')
    ids.add(id)
    if (share < 1000 && !world.random.chance(share)) continue
    responses.push(one(statement))
  }
  return answer(state, { Responses: responses })

  function one(statement: Statement) {
    if (state.batchDenied === 'statement') {
      world.coverage.hit('batchDenied')
      return refusal('AccessDenied', undefined)
    }
    const failure = drawStatementFailure(rates, world.random)
    if (failure !== undefined) {
      world.coverage.hit('statementError')
      host.faults++
      if (failure.applied) {
        const { hears } = host
        host.hears = false
        table.execute(statement, host)
        host.hears = hears
      }
      return refusal(failure.code, undefined)
    }
    const result = table.execute(statement, host)
    if (!('code' in result)) return { TableName: table.name }
    return refusal(result.code, state.statementReturnsItem ? result.found : undefined)
  }
}

function refusal(code: string, item: Item | undefined): BatchStatementResponse {
  const failure = { Code: code, Message: code, ...(item === undefined ? {} : { Item: { ...item } }) }
  // The codes are those of BatchStatementErrorCodeEnum, and `string` only for brevity.
  return { Error: failure as NonNullable<BatchStatementResponse['Error']> }
}

function drawStatementFailure(
  rates: Rates,
  random: Random,
): { readonly code: string; readonly applied: boolean } | undefined {
  if (!random.chance(rates.statementError)) return undefined
  switch (random.below(5)) {
    case 0:
      return { code: 'ThrottlingError', applied: false }
    case 1:
      return { code: 'ProvisionedThroughputExceeded', applied: false }
    case 2:
      return { code: 'TransactionConflict', applied: false }
    case 3:
      return { code: 'InternalServerError', applied: false }
    default:
      return { code: 'InternalServerError', applied: true }
  }
}

function conditionFailed(found: Item | undefined, wanted: string | undefined): ServiceError {
  const item = wanted === 'ALL_OLD' ? found : undefined
  return new ServiceError('ConditionalCheckFailedException', 400, 'The conditional request failed', item)
}

function answer(state: ServiceState, output: object): object {
  return { $metadata: { httpStatusCode: 200, serverDate: serverDate(state) }, ...output }
}

/** The Date header, which is cut to whole seconds. */
export function serverDate(state: ServiceState): number {
  return Math.floor(state.world.time / 1000) * 1000
}
