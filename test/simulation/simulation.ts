import { createHash } from 'node:crypto'
import type { Batch } from './batch.ts'
import { Checker } from './checks/checker.ts'
import { clockErrorOf } from './checks/clock.ts'
import { disturb, recordId } from './disturb.ts'
import type { ServiceState } from './dynamodb/operation.ts'
import { Table } from './dynamodb/table.ts'
import { noFaults, type Rates } from './faults.ts'
import { startFunction } from './function.ts'
import type { Host, StepWatcher } from './host.ts'
import { Mapping } from './mapping.ts'
import { type Message, Queue } from './queue.ts'
import type { Scenario } from './scenario.ts'
import type { Violation } from './violation.ts'
import { World } from './world.ts'

/** Receives that a message may need once faults have stopped: leases of the dead run out meanwhile. */
const RECEIVES_IN_PEACE = 12

export interface SimulationOptions {
  readonly tracing?: boolean | undefined
  /** Told about every step of every host; decides where hosts die. */
  readonly watch?: StepWatcher | undefined
  /** Whether a run of the handler throws; `run` counts from 1 per message. */
  readonly fails?: ((messageId: string, run: number) => boolean) | undefined
  /** A message that was received before by a host that died with its claim. */
  readonly deliveredBefore?: string | undefined
}

export interface SimulationResult {
  readonly seed: number
  readonly steps: number
  readonly hash: number
  readonly violation: Violation | undefined
  readonly trace: readonly string[] | undefined
  readonly coverage: Float64Array
  readonly effects: number
}

/** One seed: the shipped code in a world of its own. */
export class Simulation {
  readonly scenario: Scenario
  readonly world: World
  readonly state: ServiceState
  readonly checker: Checker
  readonly queue: Queue
  /** Replaced when faults stop. */
  rates: Rates
  peace = false
  readonly fails: SimulationOptions['fails']
  readonly uniqueKeys: boolean
  readonly #mapping: Mapping
  #ids = new Map<string, string>()
  #keys = new Map<string, string>()
  #fingerprints = new Map<string, string>()

  constructor(scenario: Scenario, options: SimulationOptions = {}) {
    this.scenario = scenario
    this.rates = scenario.rates
    this.fails = options.fails
    for (const { key } of scenario.messages) {
      const id = recordId(key)
      this.#ids.set(key, id)
      this.#keys.set(id, key)
    }
    this.uniqueKeys = this.#ids.size === scenario.messages.length
    const world = new World(scenario.seed, options.tracing ?? false)
    this.world = world
    this.checker = new Checker(this)
    this.state = {
      world,
      table: new Table(this.checker),
      rates: scenario.rates,
      statementReturnsItem: scenario.statementReturnsItem,
      batchDenied: scenario.batchDenied,
      clockErrorMs: clockErrorOf(scenario),
      wayMs: scenario.wayMs,
      oneFault: scenario.oneFault,
      attempts: 0,
      completions: this.checker.breaker,
      isThrottled: () => {
        const { throttled } = scenario
        const at = world.time - world.startedAt
        return throttled !== undefined && at >= throttled.from && at < throttled.until
      },
    }
    this.queue = new Queue(world, scenario, () => this.pump())
    this.queue.deliveredBefore = options.deliveredBefore
    this.queue.duplicateRate = this.rates.duplicate
    this.#mapping = new Mapping(this, this.queue, options.watch)
    this.queue.onDeadLetter = (message) => this.#sendAgain(message)
    if (scenario.faultsStopAfter !== undefined) {
      world.after(scenario.faultsStopAfter, undefined, () => this.#makePeace())
    }
  }

  async run(): Promise<SimulationResult> {
    const { world } = this
    await world.run()
    if (world.violation === undefined) this.checker.atEnd()
    return {
      seed: this.scenario.seed,
      steps: world.steps,
      hash: world.hash >>> 0,
      violation: world.violation,
      trace: world.trace,
      coverage: world.coverage.counts,
      effects: this.checker.effects,
    }
  }

  pump(): void {
    this.#mapping.pump()
  }

  idOf(key: string): string {
    return this.#ids.get(key) ?? ''
  }

  /** SHA-256 of a body, as a record shows it. */
  fingerprintOf(body: string): string {
    let known = this.#fingerprints.get(body)
    if (known === undefined) {
      known = createHash('sha256').update(body).digest('base64url')
      this.#fingerprints.set(body, known)
    }
    return known
  }

  keyOf(id: string): string {
    return this.#keys.get(id) ?? id
  }

  startHandler(host: Host): (event: unknown, context: unknown) => Promise<unknown> {
    return startFunction(this, host)
  }

  /** What happens to records beside the code under test, before a batch is handed over. */
  disturb(batch: Batch): void {
    disturb(this, batch)
  }

  /**
   * Once faults have stopped something must get through in every few receives of a message, or it has a reason not to:
   * what stood behind another starts to count when that one is through, what had a reason when that has gone.
   */
  settlePeace(batch: Batch): void {
    if (!this.peace) return
    if (batch.records.some(({ message }) => message.state !== 'queued')) this.#countAgain()
    for (const { message } of batch.records) {
      if (message.state !== 'queued' || this.#waitsForLease(message)) continue
      const reason = this.checker.hopeless(message)
      if (reason === undefined && message.wasHopeless) message.receivesInPeace = 0
      message.wasHopeless = reason !== undefined
      if (++message.receivesInPeace < RECEIVES_IN_PEACE) continue
      if (reason === undefined) {
        this.world.fail('I7', `${message.plan.id} does not get through though faults have stopped`)
      } else {
        this.queue.putAside(message)
        this.#countAgain()
      }
    }
  }

  /** Where nothing kills a handler that hangs, its lease is extended for a while, and redeliveries are busy. */
  #waitsForLease(message: Message): boolean {
    const { environment, clockErrorMs, fifo } = this.scenario
    if (environment === 'lambda') return false
    return this.queue.messages.some((other) => {
      // On a FIFO queue the lease may be that of one before it.
      if (other !== message && !(fifo && other.state === 'queued')) return false
      const lease = this.state.table.items.get(this.idOf(other.plan.key))?.['leaseUntil']?.N
      return lease !== undefined && Number(lease) + 4 * clockErrorMs + 2_000 > this.world.time
    })
  }

  #countAgain(): void {
    for (const message of this.queue.messages) message.receivesInPeace = 0
  }

  #makePeace(): void {
    this.world.say('faults stop')
    this.peace = true
    this.rates = noFaults()
    this.state.rates = this.rates
    this.queue.duplicateRate = 0
  }

  #sendAgain(message: Message): void {
    const { plan } = message
    const { resendAfterMs } = this.scenario
    if (resendAfterMs === 0 || plan.id.endsWith('-again')) return
    const body = this.scenario.corrected ? `{"key":"${plan.key}","corrected":true}` : plan.body
    this.queue.expect(resendAfterMs, { ...plan, body, id: `${plan.id}-again` })
  }
}
