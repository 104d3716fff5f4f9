import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore, type SqsBatchHandler, sqsHandler } from '../../src/index.ts'
import { digest } from '../../src/protocol/digest.ts'
import { deriveId } from '../../src/protocol/key.ts'
import type { SqsEventMessage } from '../../src/testing/index.ts'
import { dynamoClient } from '../servers/clients.ts'
import { type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { stuck, token } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'

const NAMESPACE = 'charge'
const BODY = '{"orderId":"A-1"}'

let local: LocalTable
let proxy: FaultProxy
let sdk: DynamoDBClient
let handler: SqsBatchHandler
let runs: string[]

beforeAll(async () => {
  local = await startLocalTable()
  proxy = await startFaultProxy({ target: local.endpoint })
})
afterAll(async () => {
  sdk.destroy()
  await proxy.stop()
  await local.stop()
})
beforeEach(async () => {
  sdk = dynamoClient(proxy.endpoint)
  const options = {
    table: local.table,
    client: sdk,
    namespace: NAMESPACE,
    observer: false,
    logger: false,
  } as const
  handler = sqsHandler(options, async (message) => {
    runs.push(message.messageId)
  })
  runs = []
  await deliver(messages(1)) // the process is warm and knows the server's time
  runs = []
  proxy.resetCounts()
})

describe('HTTP requests for claim and completion of a batch', () => {
  it('10 fresh messages: at most 3', async () => {
    await deliver(messages(10))
    expect(runs).toHaveLength(10)
    expect(requests()).toBeLessThanOrEqual(3)
  })

  it('10 messages, one of them a redelivered duplicate: at most 4', async () => {
    const [done = none()] = messages(1)
    await deliver([done])
    proxy.resetCounts()
    await deliver([...messages(9), redelivery(done)])
    expect(runs).toHaveLength(10)
    expect(requests()).toBeLessThanOrEqual(4)
  })

  it('10 redelivered duplicates: 1, and it writes nothing', async () => {
    const batch = messages(10)
    await deliver(batch)
    runs = []
    proxy.resetCounts()
    await deliver(batch.map(redelivery))
    expect(runs).toEqual([])
    expect(proxy.counts().operations).toEqual({ BatchGetItem: 1 })
  })

  it('10 stuck messages: at most 4', async () => {
    const batch = messages(10)
    for (const message of batch) await leaveStuck(message)
    proxy.resetCounts()
    await deliver(batch.map(redelivery))
    expect(runs).toHaveLength(10)
    expect(requests()).toBeLessThanOrEqual(4)
  })

  it('10 duplicates that come as first deliveries: at most 2, the inserts and a look at what they met', async () => {
    const batch = messages(10)
    await deliver(batch)
    runs = []
    proxy.resetCounts()
    await deliver(batch)
    expect(runs).toEqual([])
    expect(requests()).toBeLessThanOrEqual(2)
  })

  it('100 fresh messages: at most 12', async () => {
    await deliver(messages(100))
    expect(runs).toHaveLength(100)
    expect(requests()).toBeLessThanOrEqual(12)
  })
})

describe('HTTP requests for a message that comes alone', () => {
  it.each([
    ['fresh', 2, async () => messages(1)],
    ['a redelivered duplicate', 1, async () => (await delivered()).map(redelivery)],
    ['a redelivery whose first delivery never claimed', 2, async () => messages(1).map(redelivery)],
    ['stuck', 2, async () => (await leftStuck()).map(redelivery)],
  ])('%s: %i', async (_, count, make) => {
    const batch = await make()
    proxy.resetCounts()
    await deliver(batch)
    expect(requests()).toBe(count)
  })
})

test('without the batch form each message is still claimed and completed in two requests', async () => {
  const store = dynamoStore({ table: local.table, client: sdk, batching: false })
  const single = sqsHandler({ store, namespace: NAMESPACE, observer: false, logger: false }, async () => {})
  expect(await single(sqsEvent(messages(10)), LAMBDA)).toEqual({ batchItemFailures: [] })
  expect(proxy.counts().operations).toEqual({ PutItem: 10, UpdateItem: 10 })
})

const LAMBDA = { getRemainingTimeInMillis: () => 30_000 }

async function deliver(batch: readonly SqsEventMessage[]): Promise<void> {
  expect(await handler(sqsEvent(batch), LAMBDA)).toEqual({ batchItemFailures: [] })
}

function requests(): number {
  return proxy.counts().requests
}

function messages(count: number): SqsEventMessage[] {
  return Array.from({ length: count }, () => ({ messageId: token(), body: BODY }))
}

function redelivery(message: SqsEventMessage): SqsEventMessage {
  return { ...message, receiveCount: 2 }
}

/** A message whose worker died in the middle of it, long ago. */
async function leaveStuck({ messageId }: SqsEventMessage): Promise<void> {
  const id = deriveId(NAMESPACE, messageId)
  await local.put(stuck({ id: String(id), fingerprint: digest(BODY) }))
}

async function delivered(): Promise<SqsEventMessage[]> {
  const batch = messages(1)
  await deliver(batch)
  return batch
}

async function leftStuck(): Promise<SqsEventMessage[]> {
  const batch = messages(1)
  for (const message of batch) await leaveStuck(message)
  return batch
}

function none(): never {
  throw new Error('there is one')
}
