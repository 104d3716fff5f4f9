import { expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { completion, context, token } from './asks.ts'

test('the first deadline ends the request of a group; whoever has more time left asks for itself', async () => {
  const operations: string[] = []
  const client = {
    async send(command: object) {
      operations.push(command.constructor.name)
      return { Responses: [{}, {}] }
    },
  }
  const store = dynamoStore({ table: 'records', client })
  const [patient, hasty] = [20_000, -1].map((timeout) => {
    const claim = { id: `test#${token()}`, owner: token(), fence: 7, attempt: 1, fingerprint: undefined }
    return store.settle([completion(claim)], context(timeout))
  })
  expect(await hasty).toMatchObject([{ kind: 'unknown' }])
  expect(await patient).toEqual([{ kind: 'completed', duplicateEffect: false }])
  expect(operations).toEqual(['UpdateItemCommand'])
})
