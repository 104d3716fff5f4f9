import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { sqsHandler } from '../../src/index.ts'
import { sqsEvent } from '../../src/testing/index.ts'
import { dynamoClient } from '../servers/clients.ts'
import { startDynamoDb } from '../servers/dynamodb.ts'
import { startFaultProxy } from '../servers/fault-proxy.ts'
import { createTable } from '../servers/table.ts'
import { table as linedUp } from './table.ts'

/**
 * `npm run bench:progress`: large events whose claims are slow or throttled, delivered again and again as a queue would.
 * What each delivery gets done, and whether it leaves anything leased behind, stands in a small table. Ends with 1 when a
 * delivery makes no progress, or something is never done.
 */
interface Case {
  readonly name: string
  readonly records: number
  readonly timeoutMs: number
  readonly latencyMs: number
  /** Every such claim request is throttled. */
  readonly throttleEvery: number
}

const CASES: readonly Case[] = [
  {
    name: '3,000 records, 5 s, 120 ms a request',
    records: 3_000,
    timeoutMs: 5_000,
    latencyMs: 120,
    throttleEvery: 0,
  },
  {
    name: '10,000 records, 30 s, every second claim throttled',
    records: 10_000,
    timeoutMs: 30_000,
    latencyMs: 0,
    throttleEvery: 2,
  },
]
const MOST_DELIVERIES = 8
const TABLE = 'progress'

const server = await startDynamoDb()
const proxy = await startFaultProxy({ target: server.endpoint })
const stop = async (): Promise<void> => {
  await proxy.stop()
  await server.stop()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(130)))

const admin = dynamoClient(server.endpoint)
const rows: string[][] = []
let failed = false
try {
  for (const [index, one] of CASES.entries()) await play(one, `${TABLE}-${index}`)
  process.stdout.write(
    `${linedUp(['event', 'delivery', 'in the event', 'ran', 'left', 'still leased'], rows)}\n`,
  )
} finally {
  admin.destroy()
  await stop()
}
if (failed) process.exitCode = 1

async function play(one: Case, table: string): Promise<void> {
  await createTable(admin, table)
  proxy.setLatency(one.latencyMs)
  let claims = 0
  proxy.setPlan(({ body }) => {
    if (one.throttleEvery === 0 || !body.includes('INSERT INTO')) return undefined
    claims++
    return claims % one.throttleEvery === 0 ? { kind: 'throttle' } : undefined
  })
  const client = dynamoClient(proxy.endpoint)
  let ran = 0
  const handler = sqsHandler({ table, client, namespace: 'progress', observer: false, logger: false }, () => {
    ran++
  })
  let left = Array.from({ length: one.records }, (_, index) => `m-${index}`)
  for (let delivery = 1; delivery <= MOST_DELIVERIES && left.length > 0; delivery++) {
    ran = 0
    const end = performance.now() + one.timeoutMs
    const { batchItemFailures } = await handler(
      sqsEvent(left.map((messageId) => ({ messageId, body: messageId, receiveCount: delivery }))),
      {
        getRemainingTimeInMillis: () => end - performance.now(),
      },
    )
    const delivered = left.length
    left = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
    const leased = await leasedIn(admin, table)
    rows.push([one.name, `${delivery}`, `${delivered}`, `${ran}`, `${left.length}`, `${leased}`])
    process.stderr.write(`${one.name}: delivery ${delivery}, ${left.length} left\n`)
    if (left.length === delivered) failed = true
  }
  if (left.length > 0) failed = true
  client.destroy()
}

async function leasedIn(client: DynamoDBClient, table: string): Promise<number> {
  let leased = 0
  let from: Record<string, never> | undefined
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: table,
        FilterExpression: '#status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': { S: 'IN_PROGRESS' } },
        ExclusiveStartKey: from,
      }),
    )
    leased += page.Count ?? 0
    from = page.LastEvaluatedKey as typeof from
  } while (from)
  return leased
}
