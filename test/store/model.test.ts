import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { manualClock, memoryStore } from '../../src/testing/index.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { rounds } from './model/commands.ts'
import { runAgainstModel, type Subject } from './model/run.ts'

let local: LocalTable

beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())

/** Every answer there is must have been given, or the property looks at less than it says. */
const ANSWERS = [
  ...[
    'claimed fresh',
    'claimed own',
    'claimed takeover',
    'claimed retry',
    'claimed expired',
    'claimed resent',
  ],
  ...['duplicate', 'busy', 'mismatch', 'poisoned'],
  ...['completed once', 'completed twice', 'released', 'extended', 'lease-lost'],
]

describe('property: whatever is asked at once, some order of the commands explains every answer and every record', () => {
  test('memory store', () => explained(onMemory, 3_000))
  test('DynamoDB store in batches', () => explained(() => onDynamo(true), 120))
  test('DynamoDB store one by one', () => explained(() => onDynamo(false), 120))
})

async function explained(make: () => Subject, numRuns: number): Promise<void> {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(rounds, async (drawn) => {
      for (const said of await runAgainstModel(make(), drawn)) seen.add(said)
    }),
    { numRuns, seed: 20_261_121 },
  )
  const given = [...seen]
  for (const answer of ANSWERS)
    expect(
      given.some((said) => said.startsWith(answer)),
      answer,
    ).toBe(true)
}

function onMemory(): Subject {
  const clock = manualClock()
  const store = memoryStore({ runtime: clock })
  return { store, clock, get: store.get, delete: store.delete }
}

function onDynamo(batching: boolean): Subject {
  const clock = manualClock({ now: Date.now(), timers: 'system' })
  const store = dynamoStore({ table: local.table, client: local.client, batching, runtime: clock })
  return { store, clock, get: local.get, delete: local.delete }
}
