import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { countUse } from './counting.ts'
import { type BatchShape, batchEvent, expectedRuns, lambdaContext, recorded } from './events.ts'
import type { CountResult, Job, Reply, Slice } from './jobs.ts'
import type { CreateSubject, Subject } from './subject.ts'

/** A stuck record's lease ended minutes ago, its window has long to go. */
const STUCK_AGO_MS = 10 * 60_000

/** Serves jobs for one subject over the channel to the parent. */
export function serve(create: CreateSubject): void {
  const bench = new Bench(create)
  process.on('message', (job: Job) => {
    bench.run(job).then(
      (reply) => process.send?.(reply),
      (error: unknown) => {
        const reply: Reply = {
          kind: 'failed',
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }
        process.send?.(reply)
      },
    )
  })
  process.on('disconnect', () => process.exit())
  process.send?.('ready')
}

class Bench {
  readonly #create: CreateSubject
  readonly #table: string
  readonly #subject: Subject
  #runs = 0
  #work: (messageId: string) => Promise<void> = async () => {}

  constructor(create: CreateSubject) {
    const table = process.env['BENCH_TABLE']
    if (!table) throw new Error('BENCH_TABLE is not set.')
    this.#create = create
    this.#table = table
    this.#subject = create({ table, work: this.#do })
  }

  #do = (messageId: string): Promise<void> => {
    this.#runs += 1
    return this.#work(messageId)
  }

  async run(job: Job): Promise<Reply> {
    this.#work = job.shape.state === 'failing' ? fail : succeed
    if (job.kind === 'seed') {
      await this.#seed(job.shape, job.batches)
      return { kind: 'seeded' }
    }
    if (job.kind === 'count') return { kind: 'counted', counts: await this.#count(job.shape, job.batch) }
    return { kind: 'slice', slice: await this.#time(job.shape, job.batches, job.inFlight) }
  }

  async #time(shape: BatchShape, batches: readonly string[], inFlight: number): Promise<Slice> {
    const events = batches.map((batch) => batchEvent(batch, shape))
    const wallMs: number[] = []
    const before = this.#runs
    let failed = 0
    let next = 0
    const lane = async () => {
      while (next < events.length) {
        const event = events[next]
        const context = lambdaContext(`request-${batches[next]}`)
        next += 1
        if (!event) continue
        const from = performance.now()
        failed += await failures(this.#subject(event, context), shape.size)
        wallMs.push(performance.now() - from)
      }
    }
    const cpu = process.cpuUsage()
    const from = performance.now()
    await Promise.all(Array.from({ length: inFlight }, lane))
    const elapsedMs = performance.now() - from
    const { user, system } = process.cpuUsage(cpu)
    expectOutcome(shape, batches.length, this.#runs - before, failed)
    const peakBytes = process.resourceUsage().maxRSS * 1024
    return { messages: shape.size * batches.length, cpuUs: user + system, elapsedMs, wallMs, peakBytes }
  }

  async #count(shape: BatchShape, batch: string): Promise<CountResult> {
    const client = new DynamoDBClient({})
    const counts = countUse(client)
    const subject = this.#create({ table: this.#table, client, work: this.#do })
    const before = this.#runs
    const failed = await failures(
      subject(batchEvent(batch, shape), lambdaContext(`count-${batch}`)),
      shape.size,
    )
    expectOutcome(shape, 1, this.#runs - before, failed)
    client.destroy()
    return { ...counts }
  }

  async #seed(shape: BatchShape, batches: readonly string[]): Promise<void> {
    const exists = (index: number) => recorded(shape.state, index)
    for (const batch of batches) {
      for (let from = 0; from < shape.size; from += 10) {
        const event = batchEvent(batch, shape, (index) => index >= from && index < from + 10 && exists(index))
        for (const record of event.Records) record.attributes.ApproximateReceiveCount = '1'
        if (event.Records.length === 0) continue
        if (shape.state === 'stuck') await this.#leaveStuck(event)
        else await this.#subject(event, lambdaContext(`seed-${batch}-${from}`))
      }
    }
  }

  /** Claims as a host that died ten minutes ago would have: the work never ends, and nothing settles it. */
  async #leaveStuck(event: ReturnType<typeof batchEvent>): Promise<void> {
    const real = Date.now
    const { promise: allClaimed, resolve } = Promise.withResolvers<void>()
    let waiting = event.Records.length
    this.#work = () => {
      waiting -= 1
      if (waiting === 0) resolve()
      return new Promise(() => {})
    }
    Date.now = () => real() - STUCK_AGO_MS
    const client = clientWithoutDates()
    const dead = this.#create({ table: this.#table, client, work: this.#do })
    try {
      void dead(event, lambdaContext('dead')).catch(() => {})
      await allClaimed
    } finally {
      Date.now = real
    }
  }
}

/** Its answers do not say what time it is: whoever corrects its clock by them stays in the past. */
function clientWithoutDates(): DynamoDBClient {
  const client = new DynamoDBClient({})
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      // The HTTP response of the request handler.
      const { headers } = result.response as { headers: Record<string, string> }
      delete headers['date']
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'withoutDates' },
  )
  return client
}

async function succeed(): Promise<void> {}

async function fail(): Promise<void> {
  throw new Error('The payment service said no.')
}

/** Reported failures of a batch; a handler that rejects has failed all of it. */
async function failures(answer: Promise<unknown>, size: number): Promise<number> {
  try {
    // Every subject answers with Lambda's partial batch response.
    const response = (await answer) as { batchItemFailures: unknown[] }
    return response.batchItemFailures.length
  } catch (error) {
    if (error instanceof Error && error.name === 'FullBatchFailureError') return size
    throw error
  }
}

function expectOutcome(shape: BatchShape, batches: number, runs: number, failed: number): void {
  const shouldRun = expectedRuns(shape.state, shape.size) * batches
  const shouldFail = shape.state === 'failing' ? shape.size * batches : 0
  if (runs === shouldRun && failed === shouldFail) return
  throw new Error(
    `Batches of ${shape.size} ${shape.state}: ${runs} runs and ${failed} failures, expected ${shouldRun} and ${shouldFail}. Nothing measured here counts.`,
  )
}
