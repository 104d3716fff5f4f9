import type {
  BatchExecuteStatementCommandOutput,
  BatchStatementRequest,
  BatchStatementResponse,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { manualClock, type StoreCheck, type StoreUnderTest, storeContract } from '../../src/testing/index.ts'
import { type LocalTable, startLocalTable } from '../store/local-table.ts'
import { type Tap, tappedClient } from '../store/tapped-client.ts'

// Servers that understand what the store sends only in part, and answer as if all were well. None exists here, so a tap
// before the real one plays them. The contract must find each that breaks a rule, through a store that is right.

let local: LocalTable

beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())

/** Changes the text of every statement of a batch, or the expressions of a single write. */
function understands(change: (text: string) => string): Tap {
  return (call, forward) => {
    const { Statements, UpdateExpression, ConditionExpression } = call.input
    Object.assign(call.input, {
      ...(Statements && {
        Statements: Statements.map((one) => ({ ...one, Statement: change(one.Statement ?? '') })),
      }),
      ...(UpdateExpression && { UpdateExpression: change(UpdateExpression) }),
      ...(ConditionExpression && { ConditionExpression: change(ConditionExpression) }),
    })
    return forward()
  }
}

/** The same for batches alone. */
function inBatches(change: (text: string) => string): Tap {
  const tap = understands(change)
  return (call, forward) => (call.input.Statements ? tap(call, forward) : forward())
}

/** Changes a batch's answers. */
function answers(
  change: (
    responses: BatchStatementResponse[],
    statements: BatchStatementRequest[],
  ) => BatchStatementResponse[],
): Tap {
  return async (call, forward) => {
    const { Statements } = call.input
    const output = await forward()
    if (Statements === undefined) return output
    // The answer of BatchExecuteStatement.
    const { Responses = [], ...rest } = output as BatchExecuteStatementCommandOutput
    return { ...rest, Responses: change(Responses, Statements) }
  }
}

/** An INSERT that takes the place of what is there: deleted first, as a server without the condition would leave it. */
const upsert: Tap = async (call, forward) => {
  for (const { Statement = '' } of call.input.Statements ?? []) {
    const id = /^INSERT .*'id':\s?'([^']+)'/.exec(Statement)?.[1]
    if (id !== undefined) await local.delete(id)
  }
  return forward()
}

/** A single put without its condition. */
const putOver: Tap = async (call, forward) => {
  const { id } = call.input.Item ?? {}
  if (id?.S !== undefined) await local.delete(id.S)
  return forward()
}

const BREAKS_A_RULE: readonly [string, Tap][] = [
  ['ignores REMOVE after SET in a batch', inBatches((text) => text.replace(/ REMOVE "\w+"/g, ''))],
  ['ignores REMOVE after SET', understands((text) => text.replace(/ REMOVE "?#?\w+"?/g, ''))],
  [
    'ignores the first of several SETs in a batch',
    inBatches((text) => text.replace(/SET "\w+"=[^,]+, /, 'SET ')),
  ],
  [
    'ignores the last of several SETs in a batch',
    inBatches((text) => text.replace(/, "ttl"=\d+(?= |$)/, '')),
  ],
  [
    'ignores a condition on the fence',
    understands((text) => text.replace(/ AND ("fence"=\d+|#fence = :is_fence)/g, '')),
  ],
  [
    'ignores a condition on the owner',
    understands((text) => text.replace(/ AND ("owner"='[^']+'|#owner = :is_owner)/g, '')),
  ],
  [
    'ignores a condition on the status in a batch',
    inBatches((text) => text.replace(/ AND "status"='\w+'/g, '')),
  ],
  [
    'ignores what an extension must not cut',
    understands((text) => text.replace(/ AND ("leaseUntil"<\d+|#leaseUntil < :leaseUntil)/g, '')),
  ],
  ['answers a batch in another order', answers((responses) => responses.toReversed())],
  ['inserts over an item that is there, in a batch', upsert],
  ['puts over an item that is there', putOver],
  [
    'applies nothing of a batch and says that it did',
    async (call, forward) =>
      call.input.Statements ? { Responses: call.input.Statements.map(() => ({})), $metadata: {} } : forward(),
  ],
  [
    'answers every failed condition of a batch as if it had held',
    answers((responses) => responses.map(({ Error: _, ...rest }) => rest)),
  ],
  [
    'applies a batch only as far as the first failed condition, and says no more of it',
    async (call, forward) => {
      const { Statements = [] } = call.input
      if (Statements.length < 2) return forward()
      const responses: BatchStatementResponse[] = []
      for (const one of Statements) {
        const failed = responses.some(({ Error: error }) => error !== undefined)
        if (failed) responses.push({})
        else {
          call.input.Statements = [one]
          // The answer of BatchExecuteStatement.
          const { Responses = [] } = (await forward()) as BatchExecuteStatementCommandOutput
          responses.push(...Responses)
        }
      }
      return { Responses: responses, $metadata: {} }
    },
  ],
]

/** Odd, and no rule is broken: the store reads, or asks for single items. */
const STILL_RIGHT: readonly [string, Tap][] = [
  ['answers 200 with an empty list', answers(() => [])],
  ['leaves out the last answers of a batch', answers((responses) => responses.slice(0, 1))],
  ['gives no item with a failed condition', answers((responses) => responses.map(withItem(undefined)))],
  ['gives an empty item with a failed condition', answers((responses) => responses.map(withItem({})))],
  [
    'gives the key alone with a failed condition',
    answers((responses) =>
      responses.map((response) => withItem({ id: response.Error?.Item?.['id'] ?? { S: 'x' } })(response)),
    ),
  ],
]

describe('the contract finds a server that', () => {
  test.each(BREAKS_A_RULE)('%s', async (_, tap) => {
    const failed = await firstBroken(tap)
    expect(failed).toBeDefined()
  })
})

describe('and none is broken by a server that', () => {
  test.each(STILL_RIGHT)('%s', async (_, tap) => {
    expect(await firstBroken(tap, ({ name }) => name.startsWith('many'))).toBeUndefined()
  })
})

/** The first rule that does not hold on this server; those about many come first, for most of it is about them. */
async function firstBroken(
  tap: Tap,
  asked: (check: StoreCheck) => boolean = () => true,
): Promise<string | undefined> {
  const client = tappedClient(local.client)
  client.tap(tap)
  function make(): StoreUnderTest {
    const clock = manualClock({ now: Date.now(), timers: 'system' })
    return {
      store: dynamoStore({ table: local.table, client, runtime: clock }),
      clock,
      get: local.get,
      put: local.put,
    }
  }
  const all = storeContract(make).filter(asked)
  const many = all.filter(({ name }) => name.startsWith('many'))
  for (const { name, run } of [...many, ...all.filter((check) => !many.includes(check))]) {
    try {
      await run()
    } catch {
      return name
    }
  }
  return undefined
}

function withItem(item: BatchStatementResponse['Item']) {
  return (response: BatchStatementResponse): BatchStatementResponse =>
    response.Error === undefined ? response : { ...response, Error: { ...response.Error, Item: item } }
}
