import { type LocalQueueCounts, localQueue } from 'oncekit/testing'
import { readDeadLetters } from '../../examples/orders/demo/send.ts'
import { startFaultProxy } from '../servers/fault-proxy.ts'
import type { ProxyCounts } from '../servers/proxy-counters.ts'
import { conduct, doneOf, type Progress } from './conduct.ts'
import type { Evidence, LoggedFault } from './evidence.ts'
import { feed } from './feeder.ts'
import { Killer } from './killer.ts'
import { loggedFaults } from './logged-faults.ts'
import type { SoakOptions } from './options.ts'
import { queueFaults } from './queue-faults.ts'
import { type Journals, readJournals } from './read-journals.ts'
import { scanRecords } from './read-records.ts'
import type { SoakServers } from './servers.ts'
import { BATCH_SIZE, BATCHING_WINDOW_SECONDS, MAX_CONCURRENCY } from './settings.ts'
import { StoreKiller } from './store-killer.ts'
import { Workers } from './workers.ts'

export interface SoakResult {
  readonly evidence: Evidence
  readonly journals: Journals
  readonly queue: Readonly<LocalQueueCounts>
  readonly requests: ProxyCounts
  /** Kills and crashes of the store that the plan held for what was sent. */
  readonly due: { readonly kills: number; readonly outages: number }
  /** From the last kill or outage to the empty queue. */
  readonly drainSeconds: number
}

/** Sends the messages, lets workers do their effects while things go wrong, and gathers all that is left behind. */
export async function runSoak(
  servers: SoakServers,
  options: SoakOptions,
  interrupted: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<SoakResult> {
  const { messages, seed } = options
  const began = performance.now()
  const startedAt = Date.now()
  const faults: LoggedFault[] = []
  const proxy = await startFaultProxy({ target: servers.store.endpoint, plan: loggedFaults(seed, faults) })
  const workers = new Workers(servers, proxy.endpoint, options.environment)
  const killer = new Killer(seed, options.kills, workers.invoker)
  const storeKiller = new StoreKiller(seed, options.restarts, servers.store)
  const sent = new Set<string>()
  const ended = new AbortController()
  const signal = AbortSignal.any([interrupted, ended.signal])
  let left = messages
  try {
    await workers.invoker.warm(options.workers)
    const queue = await localQueue({
      client: servers.sqs,
      queueUrl: servers.queues.queueUrl,
      invoke: workers.invoker,
      batchSize: BATCH_SIZE,
      maximumBatchingWindowInSeconds: BATCHING_WINDOW_SECONDS,
      maximumConcurrency: options.environment === 'managed' ? options.workers * 2 : options.workers,
      faults: queueFaults(seed),
      onEvent: workers.onQueueEvent,
    })
    try {
      const done = () => doneOf(queue, messages)
      const timeMs = (options.minutes ?? Infinity) * 60_000
      let allSent = false
      const feeding = feed(servers.sqs, servers.queues.queueUrl, messages, timeMs, { sent, done, signal })
      // A queue that cannot be sent to ends the run; `feeding` itself tells why.
      feeding.then(
        () => (allSent = true),
        () => ended.abort(),
      )
      const { kills } = options
      const run = { kills, allSent: () => allSent, faults: () => faults.length, signal, onProgress }
      left = await conduct({ messages, queue, killer, storeKiller, ...run })
      ended.abort()
      await feeding
    } finally {
      killer.stop()
      await queue.stop({ abort: left > 0 })
      await workers.settled()
    }
    const blows = [
      startedAt,
      ...killer.kills.map(({ time }) => time),
      ...storeKiller.outages.map(({ to }) => to),
    ]
    const drainSeconds = (Date.now() - Math.max(...blows)) / 1_000
    const seconds = (performance.now() - began) / 1_000
    const journals = readJournals(servers.journals)
    const whole = !interrupted.aborted
    const evidence: Evidence = {
      sent,
      effects: journals.effects,
      ends: journals.ends,
      noAnswers: journals.noAnswers,
      memory: journals.memory,
      unreadable: journals.unreadable,
      kills: [...killer.kills, ...workers.timeouts],
      faults,
      outages: storeKiller.outages,
      unanswered: proxy.counts().upstreamErrors,
      looks: workers.looks,
      failedInvocations: workers.failures,
      left,
      heldByWorker: BATCH_SIZE * (options.environment === 'managed' ? MAX_CONCURRENCY : 1),
      deadLetters: whole ? await readDeadLetters(servers.sqs, servers.queues.deadLetterQueueUrl) : [],
      records: whole ? await scanRecords(servers.dynamodb, servers.table) : [],
      seconds,
    }
    const due = { kills: killer.due, outages: storeKiller.due }
    return { evidence, journals, queue: queue.counts(), requests: proxy.counts(), due, drainSeconds }
  } finally {
    await workers.invoker.close()
    await proxy.stop()
  }
}
