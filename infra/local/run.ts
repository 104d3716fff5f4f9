import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import { type LocalQueue, localQueue } from '../../src/testing/local-queue/local-queue.ts'
import { fromEventSourceMapping } from '../../src/testing/local-queue/mapping-settings.ts'
import { workerInvoker } from '../../src/testing/local-queue/worker-invoker.ts'
import { localEnvironment } from '../../test/servers/clients.ts'
import { fraction } from '../../test/servers/seeded.ts'
import { bringBack } from './bring-back.ts'
import { type IamProxy, startIamProxy } from './iam-proxy.ts'
import type { LocalMessage } from './messages.ts'
import type { LocalOptions } from './options.ts'
import { readDeadLetters, readRecords, type StoredRecord } from './read-back.ts'
import { sendAll } from './send.ts'
import type { LocalPair, LocalStack } from './stack.ts'

/** Share of messages that a standard queue delivers twice at once. */
const TWICE = 0.05
const PROGRESS_EVERY_MS = 250

export interface RunContext {
  readonly stack: LocalStack
  readonly messages: readonly LocalMessage[]
  readonly options: LocalOptions
  readonly dynamodb: DynamoDBClient
  readonly dynamodbEndpoint: string
  readonly sqs: SQSClient
  /** For ledgers. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** How one function and its queue did. */
export interface PairResult {
  readonly pair: LocalPair
  /** Message id → what was sent. */
  readonly sent: ReadonlyMap<string, LocalMessage>
  /** Effects, in their order. */
  readonly ledger: readonly Readonly<Record<string, unknown>>[]
  readonly deadLetters: readonly string[]
  readonly records: readonly StoredRecord[]
  readonly counts: ReturnType<LocalQueue['counts']>
  /** Messages that were still in the queue at the end. */
  readonly left: number
  readonly requests: number
  readonly actions: ReadonlyMap<string, number>
  readonly denied: ReadonlyMap<string, number>
}

/** Sends the messages to every queue and lets the functions work them off. Whatever it starts ends with it. */
export async function runStack(context: RunContext): Promise<readonly PairResult[]> {
  const { stack, messages, options, signal, onProgress } = context
  const runs: Run[] = []
  try {
    for (const pair of stack.pairs) runs.push(await start(pair, context))
    const until = performance.now() + options.timeoutSeconds * 1000
    const total = messages.length * runs.length
    for (;;) {
      const lefts = await Promise.all(runs.map(({ queue }) => leftIn(queue)))
      const left = lefts.reduce((sum, count) => sum + count, 0)
      onProgress(total - left, total)
      if (left === 0 || signal.aborted || performance.now() > until) break
      await sleep(PROGRESS_EVERY_MS)
    }
    const aborted = signal.aborted
    return await Promise.all(runs.map((run) => finish(run, context, aborted)))
  } finally {
    await Promise.allSettled(runs.map(({ queue }) => queue.stop({ abort: true })))
    await Promise.allSettled(runs.map(({ proxy }) => proxy.stop()))
  }
}

interface Run {
  readonly pair: LocalPair
  readonly queue: LocalQueue
  readonly proxy: IamProxy
  readonly sent: ReadonlyMap<string, LocalMessage>
  readonly ledger: string
}

async function start(pair: LocalPair, context: RunContext): Promise<Run> {
  const { options, dynamodbEndpoint, sqs, folder, messages } = context
  const { handler, mapping, queueUrl, name } = pair
  const proxy = await startIamProxy({
    target: dynamodbEndpoint,
    statements: handler.statements,
    tableArn: (table) => `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`,
    partiqlKeys: options.partiqlKeys,
  })
  const ledger = join(folder, `${handler.id}.ndjson`)
  const settings = fromEventSourceMapping(mapping)
  const concurrency = Math.min(options.workers, settings.maximumConcurrency ?? options.workers)
  const isTwice = ({ body }: SqsRecord) => fraction(options.seed, name, body) < TWICE
  const delivered = new Set<string>()
  const invoke = workerInvoker({
    module: handler.module,
    exportName: handler.exportName,
    functionName: handler.id,
    timeoutMs: handler.timeoutMs,
    environment: {
      ...localEnvironment({ dynamodb: proxy.endpoint }),
      AWS_LAMBDA_FUNCTION_NAME: handler.id,
      // Both examples write to a file; each its own.
      ORDERS_LEDGER: ledger,
      RECEIPTS_LEDGER: ledger,
      ...handler.environment,
    },
    output: 'ignore',
  })
  try {
    // Before there is anything to run: a cold start on a busy machine takes seconds.
    await invoke.warm(concurrency)
    const queue = await localQueue({
      queueUrl,
      client: sqs,
      ...settings,
      maximumConcurrency: concurrency,
      ...(queueUrl.endsWith('.fifo')
        ? {}
        : {
            faults: {
              deliverTwice: (record: SqsRecord) => {
                const again = isTwice(record) && !delivered.has(record.messageId)
                delivered.add(record.messageId)
                return again
              },
            },
          }),
      onEvent: bringBack(sqs, queueUrl),
      invoke,
    })
    return { pair, queue, proxy, sent: await sendAll(sqs, queueUrl, messages), ledger }
  } catch (error) {
    await Promise.allSettled([invoke.close(), proxy.stop()])
    throw error
  }
}

async function finish(run: Run, context: RunContext, aborted: boolean): Promise<PairResult> {
  const { pair, queue, proxy, sent } = run
  const left = await leftIn(queue)
  await queue.stop({ abort: aborted || left > 0 })
  const text = await readFile(run.ledger, 'utf8').catch(() => '')
  return {
    pair,
    sent,
    left,
    counts: queue.counts(),
    ledger: text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
    deadLetters: await readDeadLetters(context.sqs, pair.deadLetterQueueUrl),
    records: await readRecords(context.dynamodb, pair),
    requests: proxy.allowed(),
    actions: proxy.actions(),
    denied: proxy.denied(),
  }
}

async function leftIn(queue: LocalQueue): Promise<number> {
  const { visible, inFlight, delayed } = await queue.depth()
  return visible + inFlight + delayed
}
