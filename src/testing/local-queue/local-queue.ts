import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SqsRecord } from '../../protocol/sqs-record.ts'
import { BatchReader } from './batch-reader.ts'
import type { LocalQueueCounts } from './events.ts'
import { functionInvoker } from './function-invoker.ts'
import { GroupLocks } from './group-locks.ts'
import type { Invoker } from './invoker.ts'
import { checkAgainstQueue, checkLocalQueueOptions, type LocalQueueOptions } from './options.ts'
import { QueueCalls } from './queue-calls.ts'
import type { QueueDepth, QueueFacts } from './queue-shapes.ts'
import { judgeResponse, wholeFailure } from './response.ts'
import { Slots } from './slots.ts'
import { sqsSdk } from './sqs-sdk.ts'

const RETRY_AFTER_ERROR_MS = 200
const DEPTH_EVERY_MS = 100

/** A running stand-in for an event source mapping. */
export interface LocalQueue {
  /** Totals since the start. */
  counts(): Readonly<LocalQueueCounts>
  depth(): Promise<QueueDepth>
  /** Waits until the queue is empty and nothing runs. Rejects after `timeoutMs` with what is left. @default 60 s */
  empty(options?: { timeoutMs?: number | undefined }): Promise<void>
  /**
   * Ends polling, waits for running invocations, gives unused messages back and closes the invoker.
   * `abort`: running invocations are ended first; their messages come back after their visibility timeout.
   */
  stop(options?: { abort?: boolean | undefined }): Promise<void>
}

/**
 * Stands for Lambda's event source mapping in front of an SQS endpoint: polls it, invokes the function with batches,
 * reads its response as Lambda does and deletes what was acknowledged. Visibility, receive counts and the dead-letter
 * queue are the queue's own. Starts at once.
 *
 * @throws ConfigError when an option is wrong, or when Lambda would refuse the mapping.
 */
export async function localQueue(options: LocalQueueOptions): Promise<LocalQueue> {
  checkLocalQueueOptions(options)
  const invoker =
    typeof options.invoke === 'function' ? functionInvoker({ handler: options.invoke }) : options.invoke
  const calls = new QueueCalls(await sqsSdk(), options.client, options.queueUrl)
  const facts = await calls.facts()
  checkAgainstQueue(options, facts, invoker.timeoutMs)
  const mapping = new Mapping(options, invoker, calls, facts)
  mapping.start()
  return mapping
}

class Mapping implements LocalQueue {
  readonly #options: LocalQueueOptions
  readonly #invoker: Invoker
  readonly #calls: QueueCalls
  readonly #facts: QueueFacts
  readonly #concurrency: number
  readonly #slots: Slots
  readonly #groups = new GroupLocks()
  readonly #pollers: Promise<void>[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #stopped = new AbortController()
  readonly #counts: LocalQueueCounts = {
    received: 0,
    invocations: 0,
    deleted: 0,
    returned: 0,
    wholeFailures: 0,
    deliveredAgain: 0,
    lostDeletes: 0,
    queueErrors: 0,
  }

  constructor(options: LocalQueueOptions, invoker: Invoker, calls: QueueCalls, facts: QueueFacts) {
    this.#options = options
    this.#invoker = invoker
    this.#calls = calls
    this.#facts = facts
    this.#concurrency = options.maximumConcurrency ?? 5
    this.#slots = new Slots(this.#concurrency)
  }

  start(): void {
    const keepOneFree = this.#options.faults?.deliverTwice && this.#concurrency > 1
    const pollers = keepOneFree ? this.#concurrency - 1 : this.#concurrency
    for (let count = 0; count < pollers; count += 1) this.#pollers.push(this.#poll())
  }

  counts(): Readonly<LocalQueueCounts> {
    return { ...this.#counts }
  }

  depth(): Promise<QueueDepth> {
    return this.#calls.depth()
  }

  async empty({ timeoutMs = 60_000 }: { timeoutMs?: number | undefined } = {}): Promise<void> {
    const until = performance.now() + timeoutMs
    for (;;) {
      const { visible, inFlight, delayed } = await this.depth()
      if (visible + inFlight + delayed === 0 && this.#running.size === 0) return
      if (performance.now() > until) {
        throw new Error(
          `The queue is not empty after ${timeoutMs} ms: ${visible} visible, ${inFlight} in flight, ${delayed} delayed, ${this.#running.size} invocations running.`,
        )
      }
      await sleep(DEPTH_EVERY_MS)
    }
  }

  async stop({ abort = false }: { abort?: boolean | undefined } = {}): Promise<void> {
    this.#stopped.abort()
    if (abort) await this.#invoker.close()
    await Promise.all(this.#pollers)
    while (this.#running.size > 0) await Promise.all(this.#running)
    await this.#invoker.close()
  }

  async #poll(): Promise<void> {
    const { batchSize = 10, maximumBatchingWindowInSeconds: window = 0 } = this.#options
    const stopping = () => this.#stopped.signal.aborted
    const reader = new BatchReader({
      calls: this.#calls,
      queueArn: this.#facts.arn,
      batchSize,
      windowMs: window * 1_000,
      stopping,
    })
    while (!stopping()) {
      try {
        const batch = await reader.next()
        if (batch.length === 0) continue
        if (stopping()) await this.#calls.giveBack(batch)
        else await this.#deliver(batch)
      } catch (error) {
        this.#queueError(error)
        await sleep(RETRY_AFTER_ERROR_MS)
      }
    }
    await this.#calls.giveBack(reader.leftOver()).catch((error: unknown) => this.#queueError(error))
  }

  async #deliver(batch: readonly SqsRecord[]): Promise<void> {
    const again = batch.filter((record) => this.#options.faults?.deliverTwice?.(record))
    const first = this.#track(this.#invoke(batch, false))
    if (again.length > 0) {
      this.#counts.deliveredAgain += again.length
      this.#track(this.#invoke(again, true))
    }
    await first
  }

  #track(work: Promise<void>): Promise<void> {
    const contained: Promise<void> = work
      .catch((error: unknown) => this.#queueError(error))
      .finally(() => this.#running.delete(contained))
    this.#running.add(contained)
    return contained
  }

  #invoke(batch: readonly SqsRecord[], again: boolean): Promise<void> {
    const run = () => this.#slots.hold(() => this.#invokeNow(batch, again))
    return this.#facts.fifo ? this.#groups.hold(batch, run) : run()
  }

  async #invokeNow(batch: readonly SqsRecord[], again: boolean): Promise<void> {
    const { onEvent, reportBatchItemFailures = true, faults } = this.#options
    const requestId = randomUUID()
    this.#counts.invocations += 1
    this.#counts.received += batch.length
    onEvent?.({ kind: 'batch', requestId, records: batch, again })
    const outcome = await this.#invoker.invoke({ Records: [...batch] }, requestId)
    const ids = batch.map(({ messageId }) => messageId)
    const { failed, whole } =
      outcome.kind === 'returned'
        ? judgeResponse(outcome.payload, ids, reportBatchItemFailures)
        : wholeFailure(ids, `function error (${outcome.reason})`)
    const acknowledged = batch.filter(({ messageId }) => !failed.has(messageId))
    const deletable = acknowledged.filter((record) => !faults?.loseDelete?.(record))
    const refused = await this.#calls.delete(deletable)
    const deleted = deletable.length - refused
    const returned = batch.length - acknowledged.length
    this.#counts.deleted += deleted
    this.#counts.returned += returned
    this.#counts.lostDeletes += acknowledged.length - deletable.length
    if (whole?.success === false) this.#counts.wholeFailures += 1
    onEvent?.({ kind: 'response', requestId, outcome, deleted, returned, whole: whole?.reason })
  }

  #queueError(error: unknown): void {
    this.#counts.queueErrors += 1
    this.#options.onEvent?.({ kind: 'queue-error', error })
  }
}
