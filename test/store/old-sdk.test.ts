import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { expect, it, vi } from 'vitest'
import { isOncekitError, sqsHandler } from '../../src/index.ts'
import { sqsEvent } from '../../src/testing/index.ts'

/** An SDK before 3.521: the request handler's options are no handler to it. */
vi.mock('@aws-sdk/client-dynamodb', async (original) => {
  const sdk = await original<typeof import('@aws-sdk/client-dynamodb')>()
  class Old extends sdk.DynamoDBClient {
    constructor(config: DynamoDBClientConfig) {
      super(config)
      // As the old one leaves it.
      Object.assign(this.config, { requestHandler: config.requestHandler })
    }
  }
  return { ...sdk, DynamoDBClient: Old }
})

it('an SDK below the range is named, with the version that is needed; nothing runs and the batch returns', async () => {
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  const ran: string[] = []
  const options = { table: 'records', namespace: 'test', observer: false, logger: false } as const
  const handler = sqsHandler(options, (message) => {
    ran.push(message.body)
  })
  const error = await handler(sqsEvent(['one']), {}).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(isOncekitError(error) && error.code).toBe('STORE_MISCONFIGURED')
  expect(String(error)).toContain(
    'older than 3.600, which the default client needs. Install or bundle a newer one',
  )
  expect(ran).toEqual([])
})
