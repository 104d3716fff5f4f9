import { expect, test, vi } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { context, request } from './asks.ts'

const made = vi.hoisted(() => ({ clients: 0 }))

vi.mock(import('@aws-sdk/client-dynamodb'), async (original) => {
  const sdk = await original()
  return {
    ...sdk,
    DynamoDBClient: class extends sdk.DynamoDBClient {
      constructor(...config: ConstructorParameters<typeof sdk.DynamoDBClient>) {
        super(...config)
        made.clients++
      }

      override send = (async () => ({})) as never
    },
  }
})

test('the default client is made for the first request, and once', async () => {
  const store = dynamoStore({ table: 'records' })
  expect(made.clients).toBe(0)
  for (let round = 0; round < 2; round++) {
    expect(await store.claim([request()], context())).toMatchObject([{ kind: 'claimed' }])
    expect(made.clients).toBe(1)
  }
})
