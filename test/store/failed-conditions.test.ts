import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { completion, context, heldBy, releasing, requests, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { type Call, type TappedClient, tappedClient } from './tapped-client.ts'

let local: LocalTable
let client: TappedClient
let store: RecordStore

beforeAll(async () => {
  local = await startLocalTable()
  client = tappedClient(local.client)
})
afterAll(() => local.stop())
beforeEach(() => {
  client.reset()
  store = dynamoStore({ table: local.table, client })
})

describe('a failed statement that carries the item it met, as DynamoDB may', () => {
  it('is a claim decided without another read', async () => {
    const records = [stuck({ status: 'COMPLETED' }), stuck({ leaseUntil: Date.now() + 9_000 }), stuck()]
    for (const record of records) await local.put(record)
    client.tap(carryItems)
    const outcomes = await store.claim(
      records.map(({ id }) => requests(1, { id })[0] ?? never()),
      context(),
    )
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['duplicate', 'busy', 'claimed'])
    expect(client.operations()).toEqual(['BatchExecuteStatement', 'UpdateItem'])
  })

  it('is a lost race decided by what it shows, and then it is over', async () => {
    const record = stuck()
    await local.put(record)
    client.tap(async (one, forward) => {
      const over = one.input.Statements?.some(({ Statement }) => Statement?.startsWith('UPDATE'))
      if (over) await local.put({ ...record, owner: 'third', fence: record.fence + 1 })
      return carryItems(one, forward)
    })
    const asked = [
      ...requests(1, { id: record.id, redelivered: true }),
      ...requests(1, { redelivered: true }),
    ]
    expect(await store.claim(asked, context())).toMatchObject([
      { kind: 'busy', reason: 'race' },
      { kind: 'claimed' },
    ])
    expect(client.operations()).toEqual(['BatchGetItem', 'BatchExecuteStatement'])
  })

  it('is a settlement judged without another read', async () => {
    const mine = requests(3)
    const claims = (await store.claim(mine, context())).map((outcome, index) =>
      heldBy(mine[index] ?? never(), outcome),
    )
    await local.put(stuck({ id: claims[0]?.id ?? '', status: 'COMPLETED' }))
    await local.put(stuck({ id: claims[1]?.id ?? '' }))
    client.reset()
    client.tap(carryItems)
    const outcomes = await store.settle(
      claims.map((claim) => completion(claim)),
      context(),
    )
    expect(outcomes).toMatchObject([
      { kind: 'completed', duplicateEffect: true },
      { kind: 'lease-lost' },
      { kind: 'completed', duplicateEffect: false },
    ])
    expect(client.operations()).toEqual(['BatchExecuteStatement'])
  })
})

test('a copy of a claim that lands late does not claim again what its owner has released', async () => {
  await store.claim(requests(1), context()) // from now on the clock is known
  const [asked = never()] = requests(1, { redelivered: true })
  client.tap(async ({ operation }, forward) => {
    // The network delivers the claim twice: at once, and again after the handler has failed.
    if (operation === 'UpdateItem') late = forward
    return forward()
  })
  let late = (): Promise<unknown> => Promise.resolve()
  const [outcome] = await store.claim([asked], context())
  client.tap(undefined)
  await store.settle([releasing(heldBy(asked, outcome))], context())
  const released = await local.get(asked.id)
  await expect(late()).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
  expect(await local.get(asked.id)).toEqual(released)
})

test('a lone write whose condition failed without the item: it is read, consistently, before anything is said', async () => {
  const record = stuck({ status: 'COMPLETED', result: '"kept"' })
  await local.put(record)
  const withoutItem = async (_call: Call, forward: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await forward()
    } catch (error) {
      throw Object.assign(error as object, { Item: undefined })
    }
  }
  client.tap(withoutItem)
  const [asked = never()] = requests(1, { id: record.id })
  expect(await store.claim([asked], context())).toMatchObject([
    { kind: 'duplicate', record: { result: '"kept"' } },
  ])
  const mine = completion({ ...asked, fence: record.fence, attempt: 1 })
  expect(await store.settle([mine], context())).toEqual([{ kind: 'completed', duplicateEffect: true }])
  expect(client.operations()).toEqual(['PutItem', 'GetItem', 'UpdateItem', 'GetItem'])
  const reads = client.calls.filter(({ operation }) => operation === 'GetItem')
  expect(reads).toMatchObject([{ input: { ConsistentRead: true } }, { input: { ConsistentRead: true } }])
})

test('a failed statement that does not carry the item: it is read, in one request for all of them', async () => {
  const records = [stuck({ status: 'COMPLETED' }), stuck({ status: 'COMPLETED' }), stuck()]
  for (const record of records) await local.put(record)
  client.tap(async ({ operation }, forward) => {
    const output = (await forward()) as { Responses: { Error?: { Item?: object } }[] }
    if (operation === 'BatchExecuteStatement') for (const one of output.Responses) delete one.Error?.Item
    return output
  })
  const outcomes = await store.claim(
    records.map(({ id }) => requests(1, { id })[0] ?? never()),
    context(),
  )
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(['duplicate', 'duplicate', 'claimed'])
  expect(client.operations()).toEqual(['BatchExecuteStatement', 'BatchGetItem', 'UpdateItem'])
})

test('settlements whose condition failed without the item: read in one request, then judged each', async () => {
  const mine = requests(2)
  const claims = (await store.claim(mine, context())).map((outcome, index) =>
    heldBy(mine[index] ?? never(), outcome),
  )
  await local.put(stuck({ id: claims[0]?.id ?? '', status: 'COMPLETED' }))
  await local.put(stuck({ id: claims[1]?.id ?? '' }))
  client.reset()
  client.tap(async ({ operation }, forward) => {
    const output = (await forward()) as { Responses: { Error?: { Item?: object } }[] }
    if (operation === 'BatchExecuteStatement') for (const one of output.Responses) delete one.Error?.Item
    return output
  })
  const outcomes = await store.settle(
    claims.map((claim) => completion(claim)),
    context(),
  )
  expect(outcomes).toMatchObject([{ kind: 'completed', duplicateEffect: true }, { kind: 'lease-lost' }])
  expect(client.operations()).toEqual(['BatchExecuteStatement', 'BatchGetItem'])
})

/** Gives every failed condition the item that it met, read straight from the server. */
async function carryItems({ input }: Call, forward: () => Promise<unknown>): Promise<unknown> {
  const output = (await forward()) as { Responses: { Error?: { Code: string; Item?: object | undefined } }[] }
  for (const [index, { Statement = '' }] of (input.Statements ?? []).entries()) {
    const failure = output.Responses[index]?.Error
    if (failure === undefined) continue
    const Key = { id: { S: /'(test#[^']+)'/.exec(Statement)?.[1] ?? never() } }
    const got = await local.client.send(
      new GetItemCommand({ TableName: local.table, Key, ConsistentRead: true }),
    )
    failure.Item = got.Item
  }
  return output
}

function never(): never {
  throw new Error('there is one for each')
}
