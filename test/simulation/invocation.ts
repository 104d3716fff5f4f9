import type { Batch } from './batch.ts'
import { readResponse } from './checks/response.ts'
import type { Host } from './host.ts'
import type { Simulation } from './simulation.ts'

/** One invocation of the function with one batch, until the event source mapping knows how it ended. */
export class Invocation {
  readonly batch: Batch
  readonly host: Host
  readonly startedAt: number
  /** True time at which the platform ends it. */
  readonly deadline: number
  /** Answered, given up, or its environment is dead. */
  over = false
  /** Its host stood still for a while. */
  stalled = false
  /** Faults that the requests of its host had met when it began. */
  readonly faultsBefore: number
  /** Handlers started in it. */
  started = 0
  /** Messages in it that anybody could claim at its start. */
  claimable = 0
  /** Another middleware answers or fails in our place. */
  interfered = false
  /** Message ids that it said it gives back. */
  readonly givenBack = new Set<string>()
  /** Message ids that others want reported, whatever became of them. */
  readonly mustReport = new Set<string>()
  readonly #simulation: Simulation
  readonly #done: () => void

  constructor(simulation: Simulation, host: Host, batch: Batch, done: () => void) {
    this.#simulation = simulation
    this.#done = done
    this.batch = batch
    this.host = host
    this.startedAt = simulation.world.time
    this.faultsBefore = host.faults
    this.deadline = this.startedAt + simulation.scenario.timeoutMs
  }

  /** True time until which a lease must be extended while its handler runs, where nothing kills it. */
  get heldUntil(): number {
    return this.deadline + this.deadline - this.startedAt
  }

  /** Whether a message with this key is in its batch. */
  has(key: string): boolean {
    return this.batch.records.some(({ message }) => message.plan.key === key)
  }

  start(handler: (event: unknown, context: unknown) => Promise<unknown>): void {
    const { world, scenario, checker } = this.#simulation
    const { host } = this
    host.active++
    host.invocations.push(this)
    host.onDeaths.push(() => {
      if (!this.over) this.giveUp()
    })
    checker.invoked(this)
    if (world.trace !== undefined) {
      world.say(`${host.name} is invoked with batch ${this.batch.number}: ${describe(this.batch)}`)
    }
    if (!host.step('invoke')) return
    const least = scenario.environment === 'managed' ? -Infinity : 0
    const context =
      scenario.environment === 'open'
        ? {}
        : {
            getRemainingTimeInMillis: () => Math.max(least, this.deadline - world.time),
            awsRequestId: 'simulated',
          }
    handler(this.#event(), context).then(
      (response) => this.#answered(response),
      (error: unknown) => this.#threw(error),
    )
  }

  /** The platform stops waiting; the messages come back by their visibility timeout. */
  giveUp(): void {
    this.over = true
    this.host.active--
    this.host.invocations.splice(this.host.invocations.indexOf(this), 1)
    this.#done()
  }

  #answered(response: unknown): void {
    const { world, checker, scenario } = this.#simulation
    if (this.over || !this.host.step('respond')) return
    const reading = readResponse(this.batch, response)
    if (world.trace !== undefined)
      world.say(`${this.host.name} answers batch ${this.batch.number}: ${JSON.stringify(response)}`)
    world.note(3, reading.kind === 'failures' ? reading.ids.size : -1)
    checker.answered(this, reading)
    this.giveUp()
    if (reading.kind === 'malformed') return
    const failed = reading.ids
    world.after(world.random.between(1, 5), undefined, () => {
      for (const { message } of this.batch.records) {
        if (!failed.has(message.plan.id)) this.#simulation.queue.delete(message)
      }
      if (scenario.faultsStopAfter !== undefined) this.#simulation.settlePeace(this.batch)
      // A FIFO group goes on when its messages in flight are gone.
      this.#simulation.pump()
    })
  }

  #threw(error: unknown): void {
    const { world, checker } = this.#simulation
    if (this.over || !this.host.step('respond')) return
    if (world.trace !== undefined)
      world.say(`${this.host.name} throws for batch ${this.batch.number}: ${String(error)}`)
    world.note(4, this.batch.number)
    checker.threw(this, error)
    this.giveUp()
  }

  #event(): unknown {
    const { world, scenario } = this.#simulation
    const arn = `arn:aws:sqs:eu-central-1:000000000000:orders${scenario.fifo ? '.fifo' : ''}`
    return {
      Records: this.batch.records.map(({ message, receiveCount }, index) => ({
        messageId: message.plan.id,
        // Tells the handler's runs apart.
        receiptHandle: `${this.batch.number}:${index}`,
        body: message.plan.body,
        attributes: {
          ApproximateReceiveCount: String(receiveCount),
          SentTimestamp: String(message.sentAt),
          SenderId: 'producer',
          ApproximateFirstReceiveTimestamp: String(world.time),
          ...(scenario.fifo ? { MessageGroupId: message.plan.group } : undefined),
        },
        messageAttributes: { 'idempotency-key': { stringValue: message.plan.key, dataType: 'String' } },
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: arn,
        awsRegion: 'eu-central-1',
      })),
    }
  }
}

function describe(batch: Batch): string {
  return batch.records
    .map(({ message, receiveCount }) => `${message.plan.id} (${message.plan.key}, receive ${receiveCount})`)
    .join(', ')
}
