import { describe, expect, it, vi } from 'vitest'
import { sqsHandler } from '../../src/index.ts'
import { localQueue, memoryStore, sqsEvent } from '../../src/testing/index.ts'

vi.mock('@aws-sdk/client-sqs', () => {
  throw new Error('Cannot find package')
})

describe('without @aws-sdk/client-sqs', () => {
  it('a handler is tested with a memory store and made-up events', async () => {
    const seen: string[] = []
    const handler = sqsHandler({ store: memoryStore(), namespace: 'test', observer: false }, (message) => {
      seen.push(message.body)
    })
    await handler(sqsEvent([{ body: 'hello' }]), {})
    expect(seen).toEqual(['hello'])
  })

  it('localQueue names the package and how to install it', async () => {
    const client = { send: async () => ({}) }
    const started = localQueue({ queueUrl: 'http://127.0.0.1:1/0/queue', client, invoke: () => undefined })
    await expect(started).rejects.toThrow(
      'localQueue needs the package @aws-sdk/client-sqs, which could not be loaded: npm install --save-dev @aws-sdk/client-sqs',
    )
    await expect(started).rejects.toMatchObject({ name: 'ConfigError', code: 'CONFIG' })
  })
})
