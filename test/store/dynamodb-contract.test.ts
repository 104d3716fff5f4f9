import { afterAll, beforeAll, describe, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { defaultClient } from '../../src/store/dynamodb/client.ts'
import { manualClock, type StoreUnderTest, storeContract } from '../../src/testing/index.ts'
import { dynamoClient, localEnvironment } from '../servers/clients.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'

const environment = { ...process.env }
let local: LocalTable

beforeAll(async () => {
  local = await startLocalTable()
  Object.assign(process.env, localEnvironment({ dynamodb: local.endpoint }))
})
afterAll(async () => {
  process.env = environment
  await local.stop()
})

describe.each([
  ['in batches', true, () => dynamoClient(local.endpoint)],
  ['one by one', false, () => dynamoClient(local.endpoint)],
  ['in batches, with the client that it makes by default', true, defaultClient],
  ['one by one, with the client that it makes by default', false, defaultClient],
])('the DynamoDB store keeps the contract, %s', (_, batching, makeClient) => {
  for (const check of storeContract(make)) test(check.name, check.run)

  function make(): StoreUnderTest {
    const clock = manualClock({ now: Date.now(), timers: 'system' })
    const client = makeClient()
    const store = dynamoStore({ table: local.table, client, batching, runtime: clock })
    return { store, clock, get: local.get, put: local.put, stop: () => client.destroy() }
  }
})
