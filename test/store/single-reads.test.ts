import { expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { context, requests } from './asks.ts'

/** A table in which nothing is; the operations that were asked of it. */
function emptyTable() {
  const operations: string[] = []
  const client = {
    async send(command: { readonly input: { readonly Statements?: readonly unknown[] } }) {
      operations.push(command.constructor.name.replace(/Command$/, ''))
      return { Responses: (command.input.Statements ?? []).map(() => ({})) }
    },
  }
  return { client, operations }
}

test('without batch forms many redeliveries are read and claimed one by one', async () => {
  const { client, operations } = emptyTable()
  const store = dynamoStore({ table: 'records', client, batching: false })
  await store.claim(requests(2, { redelivered: true }), context())
  expect(operations).toEqual(['GetItem', 'GetItem', 'PutItem', 'PutItem'])
})

test('one redelivery among first deliveries is read by itself', async () => {
  const { client, operations } = emptyTable()
  const store = dynamoStore({ table: 'records', client })
  await store.claim([...requests(2), ...requests(1, { redelivered: true })], context())
  expect(operations.filter((operation) => operation.includes('Get'))).toEqual(['GetItem'])
})
