import { expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { completion, context, releasing, request, token } from './asks.ts'

/** A store whose client grants everything, and what it was asked. */
function willingStore() {
  const operations: string[] = []
  const client = {
    async send(command: object) {
      operations.push(command.constructor.name)
      return { Responses: [{}, {}] }
    },
  }
  return { operations, store: dynamoStore({ table: 'records', client }) }
}

test('the first deadline ends the request of a group; whoever has more time left asks for itself', async () => {
  const { operations, store } = willingStore()
  const [patient, hasty] = [20_000, -1].map((timeout) => {
    const claim = { id: `test#${token()}`, owner: token(), fence: 7, attempt: 1, fingerprint: undefined }
    return store.settle([completion(claim)], context(timeout))
  })
  expect(await hasty).toMatchObject([{ kind: 'unknown' }])
  expect(await patient).toEqual([{ kind: 'completed', duplicateEffect: false }])
  expect(operations).toEqual(['UpdateItemCommand'])
})

test('claims of two calls may share a request too; the one with more time left is tried again', async () => {
  const { operations, store } = willingStore()
  const [patient, hasty] = [20_000, -1].map((timeout) => store.claim([request()], context(timeout)))
  expect(await hasty).toMatchObject([{ kind: 'unavailable' }])
  expect(await patient).toMatchObject([{ kind: 'claimed', origin: 'fresh' }])
  expect(operations).toEqual(['PutItemCommand'])
})

test('a release of what is gone has lost its lease, and says so', async () => {
  const client = {
    send: (command: object) =>
      command.constructor.name === 'UpdateItemCommand'
        ? Promise.reject(Object.assign(new Error('no'), { name: 'ConditionalCheckFailedException' }))
        : Promise.resolve({}),
  }
  const claim = { id: `test#${token()}`, owner: token(), fence: 7, attempt: 1, fingerprint: undefined }
  const store = dynamoStore({ table: 'records', client })
  expect(await store.settle([releasing(claim)], context())).toEqual([
    { kind: 'lease-lost', detail: 'the record is gone' },
  ])
})
