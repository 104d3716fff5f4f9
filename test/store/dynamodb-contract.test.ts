import { afterAll, beforeAll, describe, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { manualClock, type StoreUnderTest, storeContract } from '../../src/testing/index.ts'
import { dynamoClient } from '../servers/clients.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'

let local: LocalTable

beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())

describe.each([
  ['in batches', true],
  ['one by one', false],
])('the DynamoDB store keeps the contract, %s', (_, batching) => {
  for (const check of storeContract(() => make(batching))) test(check.name, check.run)
})

function make(batching: boolean): StoreUnderTest {
  const clock = manualClock({ now: Date.now(), timers: 'system' })
  const client = dynamoClient(local.endpoint)
  const store = dynamoStore({ table: local.table, client, batching, runtime: clock })
  return { store, clock, get: local.get, put: local.put, stop: () => client.destroy() }
}
