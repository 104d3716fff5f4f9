// What a worker process runs: some asynchronous work, then the effect, a line in its own journal.
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type OnceEvent, sqsHandler } from 'oncekit'
import type { SqsEvent } from 'oncekit/testing'
import { openJournal } from './journal.ts'
import * as settings from './settings.ts'

const { [settings.WORKER_ENVIRONMENT.journal]: folder = '.' } = process.env
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

const run = sqsHandler(
  {
    client: new DynamoDBClient({
      cacheMiddleware: true,
      requestHandler: {
        connectionTimeout: settings.REQUEST_TIMEOUT_MS,
        requestTimeout: settings.REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    }),
    concurrency: settings.HANDLERS_AT_ONCE,
    leaseGraceMs: settings.LEASE_GRACE_MS,
    clockErrorMs: settings.CLOCK_ERROR_MS,
    deadlineReserveMs: settings.DEADLINE_RESERVE_MS,
    observer,
    logger: false,
  },
  async ({ messageId, body }, claim) => {
    await sleep(shortest + (Number(body) % (longest - shortest + 1)))
    // As a careful handler does: no effect when there is no time left to record it.
    claim.signal.throwIfAborted()
    write({ type: 'effect', messageId, attempt: claim.attempt, fence: claim.fence, time: Date.now() })
  },
)

export async function handler(event: SqsEvent, context: Parameters<typeof run>[1]) {
  const response = await run(event, context)
  if (performance.now() - sampledAt >= settings.MEMORY_EVERY_MS) sample()
  return response
}

/** Garbage collected first: what is left is what is kept. */
function sample(): void {
  sampledAt = performance.now()
  globalThis.gc?.()
  const { heapUsed: heap, rss } = process.memoryUsage()
  write({ type: 'memory', heap, rss, time: Date.now() })
}
