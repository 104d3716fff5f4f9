import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { dynamoClient, sqsClient } from '../servers/clients.ts'
import { type DynamoDbServer, startDynamoDb } from '../servers/dynamodb.ts'
import { createQueues, type Queues } from '../servers/queues.ts'
import { createTable } from '../servers/table.ts'
import { startQueueProcess } from './queue-process.ts'
import { FUNCTION_NAME, MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_SECONDS } from './settings.ts'

/** What a soak runs on. */
export interface SoakServers {
  readonly store: DynamoDbServer
  /** Straight to the store, past the proxy. */
  readonly dynamodb: DynamoDBClient
  readonly table: string
  readonly sqs: SQSClient
  readonly queues: Queues
  /** Holds journals, logs, the database file and Node's compile cache. */
  readonly folder: string
  readonly journals: string
  stop(options: { keep: boolean }): Promise<void>
}

export async function startServers(): Promise<SoakServers> {
  const started: (() => unknown)[] = []
  const folder = await mkdtemp(join(tmpdir(), 'oncekit-soak-'))
  const stop = async ({ keep }: { keep: boolean }) => {
    for (const end of started.splice(0).reverse()) await end()
    if (!keep) await rm(folder, { recursive: true, force: true })
  }
  try {
    const journals = join(folder, 'journals')
    mkdirSync(journals)
    // Embedded ones only: the store will be killed.
    const store = await startDynamoDb({ endpoint: '', dbPath: join(folder, 'store.db') })
    started.push(() => store.kill())
    const queueServer = await startQueueProcess()
    started.push(() => queueServer.stop())
    // The SDK waits for ever by default: a server that hangs must end the run, not hold it.
    const requestHandler = { requestTimeout: 20_000, throwOnRequestTimeout: true }
    const dynamodb = dynamoClient(store.endpoint, { requestHandler })
    const sqs = sqsClient(queueServer.endpoint, { requestHandler })
    started.push(
      () => dynamodb.destroy(),
      () => sqs.destroy(),
    )
    const table = `oncekit-${FUNCTION_NAME}`
    await createTable(dynamodb, table)
    const queues = await createQueues(sqs, {
      name: FUNCTION_NAME,
      visibilityTimeout: VISIBILITY_TIMEOUT_SECONDS,
      maxReceiveCount: MAX_RECEIVE_COUNT,
    })
    return { store, dynamodb, table, sqs, queues, folder, journals, stop }
  } catch (error) {
    await stop({ keep: false })
    throw error
  }
}
