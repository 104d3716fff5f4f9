import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { systemRuntime } from '../../src/runtime/system.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { completion, context, heldBy, requests, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { serviceError, type TappedClient, tappedClient, withResponse } from './tapped-client.ts'

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

const STATEMENT_ERRORS: readonly [string, object | undefined][] = [
  ['ThrottlingError', { Error: { Code: 'ThrottlingError', Message: 'slower' } }],
  ['InternalServerError', { Error: { Code: 'InternalServerError', Message: 'again' } }],
  ['ProvisionedThroughputExceeded', { Error: { Code: 'ProvisionedThroughputExceeded' } }],
  ['RequestLimitExceeded', { Error: { Code: 'RequestLimitExceeded' } }],
  ['TransactionConflict', { Error: { Code: 'TransactionConflict' } }],
  ['no answer at all', undefined],
]

describe.each(STATEMENT_ERRORS)('a statement that ends with %s', (_, response) => {
  it('is claimed by itself, its write landed: the own write is recognised', async () => {
    const asked = requests(3)
    onceInBatch((forward) => withResponse(forward, 2, response))
    const outcomes = await store.claim(asked, context())
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['claimed', 'claimed', 'claimed'])
    expect(outcomes[2]).toMatchObject({ ownWrite: true })
    expect(client.operations()).toEqual(['BatchExecuteStatement', 'PutItem'])
    expect(await local.get(asked[2]?.id ?? '')).toMatchObject({ owner: asked[2]?.owner })
  })

  it('is claimed by itself, its write not landed', async () => {
    const asked = requests(3)
    onceInBatch(async (forward, input) => {
      input.Statements = input.Statements?.slice(0, 2)
      const output = (await forward()) as { Responses: object[] }
      if (response !== undefined) output.Responses.push(response)
      return output
    })
    const outcomes = await store.claim(asked, context())
    expect(outcomes[2]).toMatchObject({ kind: 'claimed', ownWrite: false, attempt: 1 })
    expect(await local.get(asked[2]?.id ?? '')).toMatchObject({ owner: asked[2]?.owner })
  })

  it('is taken over by itself, whether or not its write had landed', async () => {
    const records = [stuck(), stuck(), stuck()]
    for (const record of records) await local.put(record)
    onceInBatch((forward) => withResponse(forward, 2, response))
    const outcomes = await store.claim(
      records.map(({ id }) => requests(1, { id, redelivered: true })[0] ?? never()),
      context(),
    )
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['claimed', 'claimed', 'claimed'])
    expect(await local.get(records[2]?.id ?? '')).toMatchObject({
      attempts: 2,
      fence: (records[2]?.fence ?? 0) + 1,
    })
  })

  it('is settled by itself: completed once, without a duplicate effect', async () => {
    const asked = requests(3)
    const claims = (await store.claim(asked, context())).map((outcome, index) =>
      heldBy(asked[index] ?? never(), outcome),
    )
    client.reset()
    onceInBatch((forward) => withResponse(forward, 2, response))
    const outcomes = await store.settle(
      claims.map((claim) => completion(claim)),
      context(),
    )
    expect(outcomes).toEqual(Array(3).fill({ kind: 'completed', duplicateEffect: false }))
    expect(client.operations()).toEqual(['BatchExecuteStatement', 'UpdateItem'])
  })
})

describe('a batch read that leaves keys unprocessed', () => {
  it('is asked again for these alone; nothing is taken for absent', async () => {
    const records = [
      stuck({ status: 'COMPLETED' }),
      stuck({ status: 'COMPLETED' }),
      stuck({ status: 'COMPLETED' }),
    ]
    for (const record of records) await local.put(record)
    let asked = 0
    client.tap(async ({ operation, input }, forward) => {
      if (operation !== 'BatchGetItem') return forward()
      const left = leaveOut(input, 1 + asked++)
      return { ...((await forward()) as object), UnprocessedKeys: left }
    })
    const outcomes = await store.claim(
      records.map(({ id }) => requests(1, { id, redelivered: true })[0] ?? never()),
      context(),
    )
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['duplicate', 'duplicate', 'duplicate'])
    const sizes = client.calls.map((one) => one.input.RequestItems?.[local.table]?.Keys?.length)
    expect(sizes).toEqual([1, 1, 1])
  })

  it('for too long: the rest is read one by one', async () => {
    const records = [stuck({ status: 'COMPLETED' }), stuck({ status: 'COMPLETED' })]
    for (const record of records) await local.put(record)
    client.tap(async ({ operation, input }, forward) => {
      if (operation !== 'BatchGetItem') return forward()
      return { $metadata: {}, Responses: {}, UnprocessedKeys: input.RequestItems }
    })
    const outcomes = await store.claim(
      records.map(({ id }) => requests(1, { id, redelivered: true })[0] ?? never()),
      context(),
    )
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['duplicate', 'duplicate'])
    expect(client.operations()).toEqual([...Array(4).fill('BatchGetItem'), 'GetItem', 'GetItem'])
  })

  it('are asked for again after a wait, and only while the deadline is further away than it', async () => {
    const asks: number[] = []
    const waits: number[] = []
    const clock: Runtime = {
      ...systemRuntime,
      random: () => 0.5,
      after(ms, callback) {
        if (ms <= 200) waits.push(ms)
        return systemRuntime.after(ms, callback)
      },
    }
    client.tap(async ({ operation, input }, forward) => {
      if (operation !== 'BatchGetItem') return forward()
      asks.push(input.RequestItems?.[local.table]?.Keys?.length ?? 0)
      return { $metadata: {}, Responses: {}, UnprocessedKeys: input.RequestItems }
    })
    const patient = dynamoStore({ table: local.table, client, runtime: clock })
    await patient.claim(requests(2, { redelivered: true }), context())
    expect([asks, waits]).toEqual([
      [2, 2, 2, 2],
      [25, 50, 100],
    ])
    // With two seconds left a wait that may take half an hour is not begun: one round, and then one by one.
    asks.length = 0
    const hurried = dynamoStore({
      table: local.table,
      client,
      runtime: { ...clock, random: () => 1e6 },
    })
    await hurried.claim(requests(2, { redelivered: true }), context(2_000))
    expect(asks).toEqual([2])
  })
})

test('the whole request fails: claims are unavailable, nothing is known about them', async () => {
  client.tap(() => Promise.reject(serviceError('InternalServerError')))
  const outcomes = await store.claim([...requests(2), ...requests(2, { redelivered: true })], context(300))
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(4).fill('unavailable'))
  const operations = client.operations()
  // Each in its batch again, and after two such failures by itself: it may be the batch that does not get through.
  expect(operations.filter((operation) => operation === 'BatchGetItem').length).toBeGreaterThan(2)
  expect(operations.filter((operation) => operation === 'BatchExecuteStatement').length).toBeGreaterThan(1)
  expect(operations).toContain('PutItem')
})

/** Leaves the last `count` keys out of a batch read; returns them as the service does. */
function leaveOut(input: { RequestItems?: unknown }, count: number): object {
  const items = input.RequestItems as Record<string, { Keys: object[] }>
  const asked = items[local.table]?.Keys ?? []
  const left = asked.length > 1 ? asked.splice(1) : []
  return left.length === 0 || count > 9 ? {} : { [local.table]: { Keys: left } }
}

/** Changes the answer of the first batch of statements; the rest goes straight on. */
function onceInBatch(
  change: (
    forward: () => Promise<unknown>,
    input: { Statements?: unknown[] | undefined },
  ) => Promise<unknown>,
): void {
  let done = false
  client.tap(({ operation, input }, forward) => {
    if (done || operation !== 'BatchExecuteStatement') return forward()
    done = true
    return change(forward, input as { Statements?: unknown[] })
  })
}

function never(): never {
  throw new Error('there is one for each')
}
