import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type LocalQueue,
  type LocalQueueCounts,
  localQueue,
  type WorkerInvocation,
  workerInvoker,
} from 'oncekit/testing'
import { localEnvironment } from '../../../test/servers/clients.ts'
import type { ProxyCounts } from '../../../test/servers/proxy-counters.ts'
import type { LedgerEntry } from '../charge.ts'
import { cutAnswers } from './cut-answers.ts'
import { type DemoFaults, demoFaults } from './fault-plan.ts'
import type { Line } from './input.ts'
import { type InvocationEntry, Journal } from './journal.ts'
import { readStatuses } from './records.ts'
import { readDeadLetters, sendLines } from './send.ts'
import type { DemoServers } from './servers.ts'
import * as settings from './settings.ts'
import type { WorkerMessage } from './worker.ts'

const TICK_MS = 200

/** Everything that a run leaves behind for the checks and the report. */
export interface RunResult {
  readonly lines: readonly Line[]
  /** Message id → line. */
  readonly sent: ReadonlyMap<string, Line>
  readonly journal: Journal
  readonly ledger: readonly LedgerEntry[]
  /** Message ids. */
  readonly deadLetters: readonly string[]
  readonly queue: Readonly<LocalQueueCounts>
  /** Order id → status of its record at the end. */
  readonly statuses: ReadonlyMap<string, string>
  /** Messages still in the queue at the end: 0 unless time ran out. */
  readonly left: number
  readonly requests: ProxyCounts
  readonly seconds: number
}

/** Where a run stands. */
export interface Progress {
  readonly sent: number
  readonly left: number
  readonly journal: Journal
  readonly cuts: number
  readonly seconds: number
}

export interface RunOptions {
  readonly lines: readonly Line[]
  readonly seed: number
  readonly faults: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/** Sends the orders, lets workers charge them while things go wrong, and waits until the queue is empty. */
export async function runDemo(servers: DemoServers, options: RunOptions): Promise<RunResult> {
  const { lines, signal } = options
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1_000
  const plan = demoFaults(options.seed, options.faults)
  const journal = new Journal()
  const orderIds = [...new Set(lines.flatMap(({ order }) => order?.orderId ?? []))]
  servers.proxy.setPlan(cutAnswers(plan, orderIds))
  const sent = await sendLines(servers.sqs, servers.queues.queueUrl, lines)
  const run = new Run(servers, plan, journal, sent, options)
  const queue = await run.start()
  let left = sent.size
  try {
    while (left > 0 && !signal.aborted && seconds() * 1_000 < settings.DRAIN_WITHIN_MS) {
      await sleep(TICK_MS)
      const { visible, inFlight, delayed } = await queue.depth()
      left = visible + inFlight + delayed
      const { faults } = servers.proxy.counts()
      const cuts = faults['drop-answer'] + faults['error-after-apply']
      options.onProgress({ sent: sent.size, left, journal, cuts, seconds: seconds() })
    }
  } finally {
    await queue.stop({ abort: left > 0 })
    await run.settled()
  }
  return {
    lines,
    sent,
    journal,
    ledger: readLedger(servers.ledger),
    deadLetters: signal.aborted ? [] : await readDeadLetters(servers.sqs, servers.queues.deadLetterQueueUrl),
    statuses: signal.aborted ? new Map() : await readStatuses(servers, orderIds),
    queue: queue.counts(),
    left,
    requests: servers.proxy.counts(),
    seconds: seconds(),
  }
}

class Run {
  readonly #servers: DemoServers
  readonly #plan: DemoFaults
  readonly #journal: Journal
  readonly #sent: ReadonlyMap<string, Line>
  readonly #options: RunOptions
  readonly #pending = new Set<Promise<unknown>>()
  // Each fault strikes a message once: at its first delivery.
  readonly #struck = new Set<string>()

  constructor(
    servers: DemoServers,
    plan: DemoFaults,
    journal: Journal,
    sent: ReadonlyMap<string, Line>,
    options: RunOptions,
  ) {
    this.#servers = servers
    this.#plan = plan
    this.#journal = journal
    this.#sent = sent
    this.#options = options
  }

  async start(): Promise<LocalQueue> {
    const { proxy, sqsEndpoint, table, ledger, compileCache, sqs, queues } = this.#servers
    const { seed, faults } = this.#options
    const invoker = workerInvoker({
      module: new URL('./worker.ts', import.meta.url),
      functionName: settings.FUNCTION_NAME,
      timeoutMs: settings.FUNCTION_TIMEOUT_MS,
      output: 'ignore',
      environment: {
        ...localEnvironment({ dynamodb: proxy.endpoint, sqs: sqsEndpoint }),
        ONCEKIT_TABLE: table,
        NODE_COMPILE_CACHE: compileCache,
        [settings.WORKER_ENVIRONMENT.ledger]: ledger,
        [settings.WORKER_ENVIRONMENT.seed]: faults ? String(seed) : '',
      },
      // Nothing else in the worker sends messages.
      onMessage: (message) => this.#journal.event((message as WorkerMessage).event),
      onInvocation: (invocation) => this.#begin(invocation, (pid) => invoker.kill(pid)),
    })
    try {
      await invoker.warm(settings.CONCURRENCY)
      return await localQueue({
        client: sqs,
        queueUrl: queues.queueUrl,
        invoke: invoker,
        batchSize: settings.BATCH_SIZE,
        maximumConcurrency: settings.CONCURRENCY,
        ...(faults
          ? {
              faults: {
                deliverTwice: ({ messageId }) =>
                  this.#once('twice', messageId, (line) => this.#plan.twice(line)),
                loseDelete: ({ messageId }) =>
                  this.#once('delete', messageId, (line) => this.#plan.lostDelete(line)),
              },
            }
          : {}),
        onEvent: (event) => {
          if (event.kind !== 'response') return
          const entry = this.#journal.invocations.get(event.requestId)
          if (entry) this.#end(entry, event.outcome)
        },
      })
    } catch (error) {
      // Workers that did start would keep this process alive.
      await invoker.close()
      throw error
    }
  }

  /** Waits for what is still being looked up. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending)
  }

  #begin({ requestId, pid, event }: WorkerInvocation, kill: (pid: number) => boolean): void {
    const messageIds = event.Records.map(({ messageId }) => messageId)
    const entry: InvocationEntry = {
      requestId,
      pid,
      messageIds,
      startedAt: Date.now(),
      outcome: undefined,
      killedAt: undefined,
      statusAfterwards: undefined,
    }
    this.#journal.invocations.set(requestId, entry)
    for (const messageId of messageIds) {
      const after = this.#plan.killAfter(this.#sent.get(messageId)?.number ?? 0)
      if (after === undefined || !this.#once('kill', messageId, () => true)) continue
      setTimeout(() => {
        if (kill(pid)) this.#journal.killed(pid, Date.now())
        else this.#journal.killsOnTheDead += 1
      }, after)
    }
  }

  #end(entry: InvocationEntry, outcome: NonNullable<InvocationEntry['outcome']>): void {
    entry.outcome = outcome
    if (outcome.kind === 'returned' || this.#options.signal.aborted) return
    const look = this.#statuses(entry).catch(() => {})
    this.#pending.add(look)
    look.then(() => this.#pending.delete(look))
  }

  /** What the records of a killed invocation say before anybody else can claim them: their leases are live. */
  async #statuses(entry: InvocationEntry): Promise<void> {
    const orderIds = entry.messageIds.flatMap((id) => this.#sent.get(id)?.order?.orderId ?? [])
    entry.statusAfterwards = await readStatuses(this.#servers, orderIds)
  }

  #once(fault: string, messageId: string, planned: (line: number) => boolean): boolean {
    const identity = `${fault} ${messageId}`
    if (this.#struck.has(identity)) return false
    this.#struck.add(identity)
    return planned(this.#sent.get(messageId)?.number ?? 0)
  }
}

function readLedger(file: string): LedgerEntry[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  // Written by charge(), one JSON object per line.
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerEntry)
}
