import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { manualClock, type StoreUnderTest, storeContract } from '../../src/testing/index.ts'
import { dynamoClient } from '../servers/clients.ts'
import { type SeededFaults, seededFaults } from '../servers/fault-plan.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { patientRetries } from './patient-retries.ts'

/** What happens to a share of the requests. The SDK repeats each of them; the owner token must recognise its own write. */
const FAULTS: readonly [string, SeededFaults['rates']][] = [
  ['a third of the answers dropped after they were applied', { 'drop-answer': 0.33 }],
  ['a third of the requests answered with HTTP 500 after they were applied', { 'error-after-apply': 0.33 }],
  ['answers dropped, HTTP 500 after apply, resets and throttling mixed', mixed(0.08)],
]

let local: LocalTable
let proxy: FaultProxy

beforeAll(async () => {
  local = await startLocalTable()
  proxy = await startFaultProxy({ target: local.endpoint })
})
afterAll(async () => {
  await proxy.stop()
  await local.stop()
})

describe.each(FAULTS)('the DynamoDB store keeps the contract with %s', (_, rates) => {
  describe.each([
    ['in batches', true],
    ['one by one', false],
  ])('%s', (_form, batching) => {
    for (const check of storeContract(() => make(rates, batching))) test(check.name, check.run)

    test('and the faults did happen', () => {
      const { faults } = proxy.counts()
      for (const kind of Object.keys(rates)) expect(faults, kind).toHaveProperty(kind, expect.toSatisfy(many))
      proxy.resetCounts()
    })
  })
})

function make(rates: SeededFaults['rates'], batching: boolean): StoreUnderTest {
  proxy.setPlan(seededFaults({ seed: 7, rates }))
  const clock = manualClock({ now: Date.now(), timers: 'system' })
  const client = dynamoClient(proxy.endpoint, { retryStrategy: patientRetries() })
  const store = dynamoStore({ table: local.table, client, batching, runtime: clock })
  return { store, clock, get: local.get, put: local.put, stop: () => client.destroy() }
}

function mixed(rate: number): SeededFaults['rates'] {
  return { 'drop-answer': rate, 'error-after-apply': rate, reset: rate, throttle: rate }
}

function many(count: number): boolean {
  return count >= 5
}
