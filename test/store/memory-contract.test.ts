import { describe, test } from 'vitest'
import { manualClock, memoryStore, storeContract } from '../../src/testing/index.ts'

describe('the memory store keeps the contract', () => {
  for (const check of storeContract(make)) test(check.name, check.run)
})

function make() {
  const clock = manualClock()
  const store = memoryStore({ runtime: clock })
  return { store, clock, get: store.get, put: store.put }
}
