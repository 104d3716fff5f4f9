import type { SqsRecord } from '../../protocol/sqs-record.ts'
import { type QueueCalls, SQS_BATCH_LIMIT } from './queue-calls.ts'

/** Lambda's limit on an event, bytes; the frame around the records takes a little of it. */
const EVENT_LIMIT_BYTES = 6 * 1024 * 1024 - 1024
const LONG_POLL_SECONDS = 1
const SHORT_POLL_EVERY_MS = 100

export interface BatchReaderOptions {
  readonly calls: QueueCalls
  readonly queueArn: string
  readonly batchSize: number
  readonly windowMs: number
  readonly stopping: () => boolean
}

/** Gathers batches: up to `batchSize` messages, up to the window's end, up to the size of an event. */
export class BatchReader {
  readonly #options: BatchReaderOptions
  // Received, but no longer fitting into the event before.
  #carried: SqsRecord[] = []

  constructor(options: BatchReaderOptions) {
    this.#options = options
  }

  /** The next batch; empty when no message came within a second. */
  async next(): Promise<SqsRecord[]> {
    const { calls, queueArn, batchSize, windowMs, stopping } = this.#options
    const batch: SqsRecord[] = []
    let bytes = this.#add(batch, 0, this.#carried)
    if (batch.length === 0) {
      bytes = this.#add(batch, bytes, await calls.receive(batchSize, LONG_POLL_SECONDS, queueArn))
    }
    const end = performance.now() + windowMs
    while (batch.length > 0 && batch.length < batchSize && this.#carried.length === 0 && !stopping()) {
      const left = end - performance.now()
      if (left <= 0) break
      const wait = Math.min(LONG_POLL_SECONDS, Math.floor(left / 1_000))
      const more = await calls.receive(Math.min(SQS_BATCH_LIMIT, batchSize - batch.length), wait, queueArn)
      bytes = this.#add(batch, bytes, more)
      if (more.length === 0 && wait === 0) await pause(Math.min(SHORT_POLL_EVERY_MS, left))
    }
    return batch
  }

  /** What was received and never handed out. */
  leftOver(): SqsRecord[] {
    return this.#carried
  }

  #add(batch: SqsRecord[], bytes: number, records: readonly SqsRecord[]): number {
    let total = bytes
    this.#carried = []
    for (const record of records) {
      const size = Buffer.byteLength(JSON.stringify(record)) + 1
      if (this.#carried.length > 0 || (batch.length > 0 && total + size > EVENT_LIMIT_BYTES)) {
        this.#carried.push(record)
        continue
      }
      batch.push(record)
      total += size
    }
    return total
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
