import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { decide } from '../../src/protocol/decide.ts'
import { type Item, recordOf } from '../../src/store/dynamodb/item.ts'
import { context, request, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'

const NOW = 1_800_000_000_000
const asker = { owner: 'me', fingerprint: undefined, now: NOW, marginMs: 2_000, sentAt: NOW }

/** A stuck record, as it is stored. */
const ITEM: Item = {
  id: { S: 'test#id' },
  schemaVersion: { N: '1' },
  status: { S: 'IN_PROGRESS' },
  owner: { S: 'other' },
  fence: { N: '1700000000000' },
  attempts: { N: '1' },
  leaseUntil: { N: '1700000030000' },
  expiresAt: { N: '1900000000000' },
  ttl: { N: '1900003600' },
}

test('an item as it is stored is read whole', () => {
  expect(decide(recordOf(ITEM), asker)).toBe('takeover')
})

describe('an item that somebody has changed by hand', () => {
  it.each([
    ['schemaVersion', 'unknown'],
    ['status', 'unknown'],
    ['fence', 'unknown'],
    ['leaseUntil', 'busy'],
  ])('without %s is %s: nobody may claim over it', (name, decision) => {
    const { [name]: _, ...rest } = ITEM
    expect(decide(recordOf(rest), asker)).toBe(decision)
    expect(decide(recordOf({ ...rest, [name]: { BOOL: true } }), asker)).toBe(decision)
  })

  it('without expiresAt has a window without end', () => {
    const { expiresAt: _, ...rest } = ITEM
    expect(decide(recordOf({ ...rest, status: { S: 'COMPLETED' } }), asker)).toBe('duplicate')
  })
})

describe('on the table', () => {
  let local: LocalTable

  beforeAll(async () => {
    local = await startLocalTable()
  })
  afterAll(() => local.stop())

  it('one record without a fence fails alone; the rest of its batch is claimed', async () => {
    const { fence: _, ...rest } = stuck()
    const Item = Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [
        name,
        typeof value === 'number' ? { N: `${value}` } : { S: `${value}` },
      ]),
    )
    await local.client.send(new PutItemCommand({ TableName: local.table, Item }))
    const store = dynamoStore({ table: local.table, client: local.client })
    const asked = [request({ id: rest.id, redelivered: true }), request({ redelivered: true })]
    expect(await store.claim(asked, context())).toMatchObject([
      { kind: 'unknown-record' },
      { kind: 'claimed' },
    ])
  })
})
