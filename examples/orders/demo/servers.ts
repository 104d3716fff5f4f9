import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteQueueCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { dynamoClient, sqsClient } from '../../../test/servers/clients.ts'
import { startDynamoDb } from '../../../test/servers/dynamodb.ts'
import { type FaultProxy, startFaultProxy } from '../../../test/servers/fault-proxy.ts'
import { createQueues, type Queues } from '../../../test/servers/queues.ts'
import { startSqs } from '../../../test/servers/sqs.ts'
import { createTable } from '../../../test/servers/table.ts'
import { MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_SECONDS } from './settings.ts'

/** What the demo runs on. */
export interface DemoServers {
  /** Straight to the server, past the proxy. */
  readonly dynamodb: DynamoDBClient
  readonly dynamodbEndpoint: string
  readonly sqs: SQSClient
  readonly sqsEndpoint: string
  readonly proxy: FaultProxy
  readonly table: string
  readonly queues: Queues
  /** File that the charges are appended to. */
  readonly ledger: string
  /** Folder for Node's compile cache: workers that replace killed ones start faster. */
  readonly compileCache: string
  /** Ends what was started, and removes table and queues from servers that were not. */
  stop(): Promise<void>
}

export async function startServers(): Promise<DemoServers> {
  const started: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end().catch(() => {})
  }
  try {
    const folder = await mkdtemp(join(tmpdir(), 'oncekit-demo-'))
    started.push(() => rm(folder, { recursive: true, force: true }))
    const database = await startDynamoDb()
    started.push(() => database.stop())
    const queueServer = await startSqs()
    started.push(() => queueServer.stop())
    const dynamodb = dynamoClient(database.endpoint)
    const sqs = sqsClient(queueServer.endpoint)
    started.push(async () => {
      dynamodb.destroy()
      sqs.destroy()
    })
    const name = `oncekit-demo-${randomUUID().slice(0, 8)}`
    await createTable(dynamodb, name)
    if (database.external) started.push(() => dynamodb.send(new DeleteTableCommand({ TableName: name })))
    const queues = await createQueues(sqs, {
      name,
      visibilityTimeout: VISIBILITY_TIMEOUT_SECONDS,
      maxReceiveCount: MAX_RECEIVE_COUNT,
    })
    if (queueServer.external) {
      for (const QueueUrl of [queues.queueUrl, queues.deadLetterQueueUrl]) {
        started.push(() => sqs.send(new DeleteQueueCommand({ QueueUrl })))
      }
    }
    const proxy = await startFaultProxy({ target: database.endpoint })
    started.push(() => proxy.stop())
    return {
      dynamodb,
      dynamodbEndpoint: database.endpoint,
      sqs,
      sqsEndpoint: queueServer.endpoint,
      proxy,
      table: name,
      queues,
      ledger: join(folder, 'ledger.ndjson'),
      compileCache: join(folder, 'compile-cache'),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
