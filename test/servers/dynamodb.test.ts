import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { dynamoClient } from './clients.ts'
import { startDynamoDb } from './dynamodb.ts'
import { createTable } from './table.ts'

const embedded = { endpoint: '' } // whatever the environment says
const TableName = 'records'

test('the table has one partition key, is on demand and expires by its ttl attribute', async () => {
  const server = await startDynamoDb(embedded)
  const client = dynamoClient(server.endpoint)
  await createTable(client, TableName)
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  expect(Table?.KeySchema).toEqual([{ AttributeName: 'id', KeyType: 'HASH' }])
  expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST')
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }))
  expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'ttl' })
  client.destroy()
  await server.stop()
})

test('what was written survives SIGKILL and a restart on the same file and port', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oncekit-'))
  const server = await startDynamoDb({ ...embedded, dbPath: join(folder, 'table.db') })
  const { pid, endpoint } = server
  const client = dynamoClient(endpoint)
  await createTable(client, TableName)
  await client.send(new PutItemCommand({ TableName, Item: { id: { S: 'kept' } } }))
  await server.kill()
  expect(server.pid).toBeUndefined()
  await server.restart()
  expect(server.pid).not.toBe(pid)
  expect(server.endpoint).toBe(endpoint)
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: 'kept' } } }))
  expect(Item).toEqual({ id: { S: 'kept' } })
  client.destroy()
  await server.stop()
  await rm(folder, { recursive: true })
})

test('the server ends even when the process that started it is killed', async () => {
  const script = `import { startDynamoDb } from ${JSON.stringify(new URL('./dynamodb.ts', import.meta.url).href)}
    const server = await startDynamoDb({ endpoint: '' })
    console.log(server.pid)
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(parent.stdout, 'data')
  const pid = Number(String(line))
  expect(process.kill(pid, 0)).toBe(true)
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('an endpoint that is given is used and left alone', async () => {
  const server = await startDynamoDb({ endpoint: 'http://127.0.0.1:8000/' })
  expect(server).toMatchObject({ endpoint: 'http://127.0.0.1:8000', external: true, pid: undefined })
  await server.stop()
  await expect(server.restart()).rejects.toThrow('cannot be restarted')
  await expect(startDynamoDb({ endpoint: 'nowhere' })).rejects.toThrow('DYNAMODB_ENDPOINT is "nowhere"')
})

test('a second start on a taken port fails with what the server said', async () => {
  const server = await startDynamoDb(embedded)
  const port = Number(new URL(server.endpoint).port)
  await expect(startDynamoDb({ ...embedded, port })).rejects.toThrow(
    `http://127.0.0.1:${port} did not become ready`,
  )
  await server.stop()
})
