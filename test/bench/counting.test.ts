import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dynamoClient } from '../servers/clients.ts'
import { type LocalTable, startLocalTable } from '../store/local-table.ts'
import { type Counts, countUse } from './counting.ts'

let local: LocalTable
let client: DynamoDBClient
let counts: Counts
let made = 0

beforeAll(async () => {
  local = await startLocalTable()
})
beforeEach(() => {
  client = dynamoClient(local.endpoint)
  counts = countUse(client)
})
afterAll(() => local.stop())

function insert(id: string) {
  return { Statement: `INSERT INTO "records" VALUE {'id': '${id}', 'owner': 'me'}` }
}

function update(id: string, owner: string) {
  return { Statement: `UPDATE "records" SET "status"='x' WHERE "id"='${id}' AND "owner"='${owner}'` }
}

const fresh = (count: number) => Array.from({ length: count }, () => `id-${made++}`)

test('statements of a batch that are refused cost a write unit each, as those that land', async () => {
  const [a = '', b = '', c = '', d = ''] = fresh(4)
  const send = (Statements: { Statement: string }[]) =>
    client.send(new BatchExecuteStatementCommand({ Statements }))
  await send([insert(a), insert(b)])
  expect(counts).toEqual({ requests: 1, writeUnits: 2, readUnits: 0 })
  const { Responses = [] } = await send([insert(a), insert(c), update(b, 'another'), insert(d)])
  expect(Responses.map((one) => one.Error?.Code)).toEqual([
    'DuplicateItem',
    undefined,
    'ConditionalCheckFailed',
    undefined,
  ])
  expect(counts).toEqual({ requests: 2, writeUnits: 6, readUnits: 0 })
  // A batch of which nothing lands.
  await send([insert(a), update(b, 'another')])
  expect(counts).toEqual({ requests: 3, writeUnits: 8, readUnits: 0 })
})

test('a single write that is refused costs one too, and reads cost read units', async () => {
  const [id = ''] = fresh(1)
  const put = () => {
    const Item = { id: { S: id } }
    return client.send(
      new PutItemCommand({ TableName: 'records', Item, ConditionExpression: 'attribute_not_exists(id)' }),
    )
  }
  await put()
  await expect(put()).rejects.toThrow()
  expect(counts).toMatchObject({ writeUnits: 2, readUnits: 0 })
  await client.send(
    new GetItemCommand({ TableName: 'records', Key: { id: { S: id } }, ConsistentRead: true }),
  )
  const Keys = [{ id: { S: id } }]
  await client.send(new BatchGetItemCommand({ RequestItems: { records: { Keys, ConsistentRead: true } } }))
  expect(counts).toEqual({ requests: 4, writeUnits: 2, readUnits: 2 })
})
