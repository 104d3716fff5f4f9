import { afterAll, beforeAll, describe, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { manualClock, type StoreUnderTest, storeContract } from '../../src/testing/index.ts'
import { raceRules } from '../../src/testing/store-contract/race-rules.ts'
import { dynamoClient } from '../servers/clients.ts'
import { type LocalTable, startLocalTable } from '../store/local-table.ts'

// The contract of the store without its races, which take most of its time. Not named .test.ts: the whole of it runs
// with the ordinary tests.

let local: LocalTable

beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())

describe.each([
  ['in batches', true],
  ['one by one', false],
])('the DynamoDB store keeps the claim and settle rules, %s', (_, batching) => {
  for (const check of storeContract(() => make(batching))) {
    if (!(check.name in raceRules)) test(check.name, check.run)
  }
})

function make(batching: boolean): StoreUnderTest {
  const clock = manualClock({ now: Date.now(), timers: 'system' })
  const client = dynamoClient(local.endpoint)
  const store = dynamoStore({ table: local.table, client, batching, runtime: clock })
  return { store, clock, get: local.get, put: local.put, stop: () => client.destroy() }
}
