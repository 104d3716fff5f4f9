import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import type { InvocationContext } from '../../../src/engine/invocation.ts'
import type { MessageEvent, OnceEvent } from '../../../src/observe/events.ts'
import type { IdempotencyRecord } from '../../../src/protocol/record.ts'
import type { RecordStore } from '../../../src/store/contract.ts'
import { dynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'
import { dynamoClient } from '../../servers/clients.ts'
import { type FaultProxy, startFaultProxy } from '../../servers/fault-proxy.ts'
import { startLocalTable } from '../../store/local-table.ts'
import { wholeRecordOf } from '../../store/whole-record.ts'

/** The real local server behind a proxy that can do to requests what networks do. */
export interface FaultyDynamo {
  readonly proxy: FaultProxy
  /** A function's own process: its store, its client, its clock. */
  host(options?: HostOptions): Host
  /** All records of a namespace, straight from the server. */
  records(namespace: string): Promise<IdempotencyRecord[]>
  stop(): Promise<void>
}

export interface HostOptions {
  /** @default a fresh one for every host */
  readonly namespace?: string
  /** Host's wall clock minus true time, ms. @default 0 */
  readonly skewMs?: number
  /** Whether the host sees the server's `Date` header. @default true */
  readonly seesDate?: boolean
  /** Attempts of the SDK. @default 10 */
  readonly maxAttempts?: number
  /** A request without an answer is cut after this many ms. @default 10000, so that load cuts none */
  readonly requestTimeoutMs?: number
}

export interface Host {
  readonly clock: ManualClock
  readonly events: OnceEvent[]
  /** Options that make a handler use this host. */
  readonly base: {
    readonly store: RecordStore
    readonly runtime: ManualClock
    readonly namespace: string
    readonly observer: (event: OnceEvent) => void
    readonly logger: false
  }
  context(remainingMs?: number): InvocationContext
  outcomes(): Record<string, string>
  notices(): string[]
}

export async function startFaultyDynamo(): Promise<FaultyDynamo> {
  const table = await startLocalTable()
  const proxy = await startFaultProxy({ target: table.endpoint })
  const clients: DynamoDBClient[] = []
  let hosts = 0
  return {
    proxy,
    host(options = {}) {
      const { namespace = `host-${++hosts}`, skewMs = 0, seesDate = true } = options
      const { maxAttempts = 10, requestTimeoutMs = 10_000 } = options
      const clock = manualClock({ now: Date.now() + skewMs, timers: 'system', seed: 1_000 + clients.length })
      const client = dynamoClient(proxy.endpoint, {
        maxAttempts,
        requestHandler: { requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
      })
      clients.push(client)
      // Only the SDK's own client has a middleware stack, and with it the header.
      const send: DynamoDBClient['send'] = client.send.bind(client)
      const events: OnceEvent[] = []
      return {
        clock,
        events,
        base: {
          store: dynamoStore({ table: table.table, client: seesDate ? client : { send }, runtime: clock }),
          runtime: clock,
          namespace,
          observer: (event) => void events.push(event),
          logger: false,
        },
        context(remainingMs = 30_000) {
          const end = performance.now() + remainingMs
          return { getRemainingTimeInMillis: () => end - performance.now() }
        },
        outcomes() {
          const messages = events.filter((event): event is MessageEvent => event.kind === 'message')
          return Object.fromEntries(messages.map(({ messageId, outcome }) => [messageId, outcome]))
        },
        notices: () => events.flatMap((event) => (event.kind === 'notice' ? [event.notice] : [])),
      }
    },
    async records(namespace) {
      const { Items: items = [] } = await table.client.send(new ScanCommand({ TableName: table.table }))
      return items.map(wholeRecordOf).filter(({ id }) => id.startsWith(`${namespace}#`))
    },
    async stop() {
      for (const client of clients) client.destroy()
      await proxy.stop()
      await table.stop()
    },
  }
}
