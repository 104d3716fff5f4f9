import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SqsBatchHandler, sqsHandler } from '../../src/index.ts'
import { digest } from '../../src/protocol/digest.ts'
import { deriveId } from '../../src/protocol/key.ts'
import type { SqsEventMessage } from '../../src/testing/index.ts'
import { dynamoClient } from '../servers/clients.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { stuck, token } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'

const ROUNDS = 50
const DELIVERIES = 32
const HOSTS = 4
const NAMESPACE = 'charge'
const BODY = '{"orderId":"A-1"}'
const LAMBDA = { getRemainingTimeInMillis: () => 30_000 }

let local: LocalTable
const clients: DynamoDBClient[] = []

beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await local.stop()
})

test('of 32 concurrent redeliveries of one stuck message exactly one runs, in each of 50 rounds', async () => {
  const runs = new Map<string, number>()
  const hosts = Array.from({ length: HOSTS }, (): SqsBatchHandler => {
    const client = dynamoClient(local.endpoint)
    clients.push(client)
    const options = {
      table: local.table,
      client,
      namespace: NAMESPACE,
      observer: false,
      logger: false,
    } as const
    return sqsHandler(options, async ({ messageId }) => {
      runs.set(messageId, (runs.get(messageId) ?? 0) + 1)
    })
  })
  for (let round = 0; round < ROUNDS; round++) {
    const message = { messageId: `stuck-${token()}`, body: BODY, receiveCount: 2 }
    const id = String(deriveId(NAMESPACE, message.messageId))
    const former = stuck({ id, fingerprint: digest(BODY) })
    await local.put(former)
    const responses = await Promise.all(
      Array.from({ length: DELIVERIES }, (_, index) => {
        const host = hosts[index % HOSTS] ?? none()
        return host(sqsEvent(batchOf(message, index)), LAMBDA)
      }),
    )
    expect(runs.get(message.messageId), `round ${round + 1}`).toBe(1)
    const record = await local.get(id)
    expect(record).toMatchObject({ status: 'COMPLETED', attempts: 2, fence: former.fence + 1 })
    // Whoever did not run it may say success only after it was completed; at least the winner did.
    const failures = responses.flatMap((response) => response.batchItemFailures)
    expect(failures.every(({ itemIdentifier }) => itemIdentifier === message.messageId)).toBe(true)
    expect(failures.length).toBeLessThan(DELIVERIES)
  }
  const others = [...runs].filter(([messageId]) => messageId.startsWith('fresh-'))
  expect(others).toHaveLength(ROUNDS * (DELIVERIES / 2))
  expect(others.every(([, count]) => count === 1)).toBe(true)
})

/** Half of the redeliveries come alone, half beside a fresh message: both forms of the claim race. */
function batchOf(message: SqsEventMessage, index: number): SqsEventMessage[] {
  return index % 2 === 0 ? [message] : [message, { messageId: `fresh-${token()}`, body: BODY }]
}

function none(): never {
  throw new Error('there is a host for each')
}
