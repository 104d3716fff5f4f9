import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { call, completion, context, heldBy, releasing, requests, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { serviceError, type TappedClient, tappedClient } from './tapped-client.ts'

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

describe('AccessDenied on the batch form', () => {
  const DENIED: readonly [string, (forward: () => Promise<unknown>) => Promise<unknown>][] = [
    ['as an exception', async () => Promise.reject(serviceError('AccessDeniedException'))],
    [
      'of the statements',
      async () => ({
        Responses: Array(10).fill({ Error: { Code: 'AccessDenied', Message: 'no PartiQLInsert' } }),
      }),
    ],
  ]

  it.each(DENIED)('%s: single items from now on, with one notice', async (_, answer) => {
    client.tap(({ operation }, forward) =>
      operation === 'BatchExecuteStatement' ? answer(forward) : forward(),
    )
    const { context: noting, notices } = call()
    const asked = requests(10)
    const outcomes = await store.claim(asked, noting)
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(10).fill('claimed'))
    const settled = await store.settle(
      asked.map((one, index) => completion(heldBy(one, outcomes[index]))),
      noting,
    )
    expect(settled).toEqual(Array(10).fill({ kind: 'completed', duplicateEffect: false }))
    await store.claim(requests(10), noting)
    // Once for inserts and once for updates: each has a permission of its own.
    expect(client.operations().filter((operation) => operation === 'BatchExecuteStatement')).toHaveLength(2)
    expect(notices).toMatchObject([{ kind: 'batch-denied', operation: 'BatchExecuteStatement' }])
  })

  it('met first by settlements: they go one by one, with one notice', async () => {
    const asked = requests(4)
    const granted = await store.claim(asked, context())
    client.tap(({ operation }, forward) =>
      operation === 'BatchExecuteStatement'
        ? Promise.reject(serviceError('AccessDeniedException'))
        : forward(),
    )
    const { context: noting, notices } = call()
    const claims = asked.map((one, index) => heldBy(one, granted[index]))
    const settled = await Promise.all(claims.map((claim) => store.settle([releasing(claim)], noting)))
    expect(settled.flat()).toEqual(Array(4).fill({ kind: 'released' }))
    expect(notices).toHaveLength(1)
  })

  it('of BatchGetItem: records are read one by one, and the batch goes on', async () => {
    const records = [
      stuck(),
      stuck({ status: 'COMPLETED', leaseUntil: undefined }),
      stuck({ leaseUntil: Date.now() + 9_000 }),
    ]
    for (const record of records) await local.put(record)
    client.tap(({ operation }, forward) =>
      operation === 'BatchGetItem' ? Promise.reject(serviceError('AccessDeniedException')) : forward(),
    )
    const { context: noting, notices } = call()
    const outcomes = await store.claim(
      records.map(({ id }) => requests(1, { id, redelivered: true })[0] ?? never()),
      noting,
    )
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['claimed', 'duplicate', 'busy'])
    expect(notices).toMatchObject([{ kind: 'batch-denied', operation: 'BatchGetItem' }])
    expect(client.operations().filter((operation) => operation === 'GetItem')).toHaveLength(3)
  })
})

function never(): never {
  throw new Error('there is one for each')
}
