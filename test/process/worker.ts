// What a worker process runs: some asynchronous work, then the effect, a line in its own journal.
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { type OnceEvent, sqsHandler } from 'oncekit'
import type { SqsEvent } from 'oncekit/testing'
import { MANAGED_INSTANCES_VARIABLE, TABLE_KEY } from '../../src/protocol/names.ts'
import { defaultClient } from '../../src/store/dynamodb/client.ts'
import { openJournal } from './journal.ts'
import { recordIdsIn } from './record-id.ts'
import * as settings from './settings.ts'

const { [settings.WORKER_ENVIRONMENT.journal]: folder = '.', ONCEKIT_TABLE: table } = process.env
const write = openJournal(folder)
const [shortest, longest] = settings.WORK_MS
let sampledAt = performance.now()

function observer(event: OnceEvent): void {
  const time = Date.now()
  if (event.kind === 'message') {
    const { messageId, outcome, attempt } = event
    write({ type: 'end', messageId, outcome, time, ...(attempt === undefined ? {} : { attempt }) })
  } else if (event.kind === 'notice') {
    const { notice } = event
    write({ type: 'notice', notice, time, ...('messageId' in event ? { messageId: event.messageId } : {}) })
  }
}

// What the library makes when it is given no client, with shorter timeouts, and with a look at what gets no answer.
const client = defaultClient()
// On Node it is the SDK's own handler, which has the method; the type allows for others.
const http = client.config.requestHandler as {
  updateHttpClientConfig(name: string, value: number | boolean): void
}
for (const name of ['connectionTimeout', 'requestTimeout'])
  http.updateHttpClientConfig(name, settings.REQUEST_TIMEOUT_MS)
http.updateHttpClientConfig('throwOnRequestTimeout', true)
client.middlewareStack.add(
  (next, { commandName = '' }) =>
    async (attempt) => {
      try {
        return await next(attempt)
      } catch (error) {
        // Cut by the client's timeout, or by the library at the end of its time.
        if (error instanceof Error && /^(Timeout|Abort)Error$/.test(error.name)) {
          const ids = recordIdsIn(JSON.stringify(attempt.input))
          write({ type: 'no-answer', operation: commandName.replace(/Command$/, ''), ids, time: Date.now() })
        }
        throw error
      }
    },
  // Below the SDK's own repetition: every request is seen.
  { step: 'deserialize', name: 'soakNoAnswer', priority: 'high' },
)
// What only the first request of a process costs belongs to its start, not to its first batch.
await client
  .send(new GetItemCommand({ TableName: table, Key: { [TABLE_KEY]: { S: 'warm' } } }))
  .catch(() => {})

const run = sqsHandler(
  {
    client,
    concurrency: settings.HANDLERS_AT_ONCE,
    leaseGraceMs: settings.LEASE_GRACE_MS,
    clockErrorMs: settings.CLOCK_ERROR_MS,
    deadlineReserveMs: settings.DEADLINE_RESERVE_MS,
    observer,
    logger: false,
  },
  async ({ messageId, body }, claim) => {
    const startedAt = Date.now()
    const { attempt, fence, deadline } = claim
    if (overruns(Number(body), attempt)) await sleep(settings.OVERRUN_MS)
    else {
      await sleep(shortest + (Number(body) % (longest - shortest + 1)))
      // As a careful handler does: no effect when there is no time left to record it.
      claim.signal.throwIfAborted()
    }
    write({ type: 'effect', messageId, attempt, fence, deadline, startedAt, time: Date.now() })
  },
)

export async function handler(event: SqsEvent, context: Parameters<typeof run>[1]) {
  const response = await run(event, context)
  if (performance.now() - sampledAt >= settings.MEMORY_EVERY_MS) sample()
  return response
}

// A process that is never frozen can look at itself between its invocations too.
if (process.env[MANAGED_INSTANCES_VARIABLE] !== undefined)
  setInterval(sample, settings.MEMORY_EVERY_MS).unref()

/** On Managed Instances nobody kills a handler that heeds neither signal nor deadline. */
function overruns(number: number, attempt: number): boolean {
  return (
    process.env[MANAGED_INSTANCES_VARIABLE] !== undefined &&
    attempt === 1 &&
    number % settings.OVERRUN_EVERY === 0
  )
}

/** Garbage collected first: what is left is what is kept. Of the first thread alone: each has a heap of its own. */
function sample(): void {
  sampledAt = performance.now()
  if (threadId > 1) return
  globalThis.gc?.()
  const { heapUsed: heap, rss } = process.memoryUsage()
  write({ type: 'memory', heap, rss, time: Date.now() })
}
