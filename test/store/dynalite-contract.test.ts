import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { defaultClient } from '../../src/store/dynamodb/client.ts'
import { manualClock, type StoreUnderTest, storeContract } from '../../src/testing/index.ts'
import { dynamoClient, localEnvironment } from '../servers/clients.ts'
import { context, requests } from './asks.ts'
import { type LocalTable, startDynaliteTable } from './local-table.ts'

// A server of other authors, which refuses the batch form and answers a failed condition without the item.
const environment = { ...process.env }
let local: LocalTable

beforeAll(async () => {
  local = await startDynaliteTable()
  Object.assign(process.env, localEnvironment({ dynamodb: local.endpoint }))
})
afterAll(async () => {
  process.env = environment
  await local.stop()
})

describe('the DynamoDB store keeps the contract on dynalite as it is by default', () => {
  for (const check of storeContract(make)) test(check.name, check.run)

  function make(): StoreUnderTest {
    const clock = manualClock({ now: Date.now(), timers: 'system' })
    const client = defaultClient()
    const store = dynamoStore({ table: local.table, client, runtime: clock })
    return { store, clock, get: local.get, put: local.put, stop: () => client.destroy() }
  }
})

test('the batch form is refused once, with one notice, and single items are used from then on', async () => {
  const kinds: string[] = []
  const client = dynamoClient(local.endpoint)
  const store = dynamoStore({ table: local.table, client })
  const told = { ...context(), notify: ({ kind }: { kind: string }) => void kinds.push(kind) }
  for (let round = 0; round < 3; round++) {
    const outcomes = await store.claim(requests(5), told)
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(5).fill('claimed'))
  }
  expect(kinds).toEqual(['batch-denied'])
  client.destroy()
})
