import type { Batch, Received } from './batch.ts'
import { Host, type StepWatcher } from './host.ts'
import { Invocation } from './invocation.ts'
import type { Queue } from './queue.ts'
import type { Simulation } from './simulation.ts'

/** Lambda kills up to this late. */
const LATE_KILL_MS = 700

/** A place for an execution environment; the next one starts where the last one died. */
interface Slot {
  host: Host | undefined
  handler: ((event: unknown, context: unknown) => Promise<unknown>) | undefined
  /** Batches received for it and not yet handed over. */
  reserved: number
}

/**
 * The event source mapping and the Lambda service: polls, invokes, freezes, kills at the deadline, reads the response
 * and deletes what it acknowledges.
 */
export class Mapping {
  readonly #simulation: Simulation
  readonly #slots: Slot[]
  readonly #queue: Queue
  readonly #watch: StepWatcher | undefined
  #hostNumber = 0
  #batchNumber = 0

  constructor(simulation: Simulation, queue: Queue, watch: StepWatcher | undefined) {
    this.#simulation = simulation
    this.#queue = queue
    this.#watch = watch
    this.#slots = Array.from({ length: simulation.scenario.hosts }, () => ({
      host: undefined,
      handler: undefined,
      reserved: 0,
    }))
  }

  /** Takes what is receivable while an environment is free. */
  pump(): void {
    const { world, scenario, rates } = this.#simulation
    for (;;) {
      const slot = this.#freeSlot()
      if (slot === undefined) return
      const messages = this.#queue.receive(scenario.batchSize)
      if (messages.length === 0) return
      const records: Received[] = []
      for (const message of messages) {
        const wrong = world.random.chance(rates.wrongReceiveCount)
        const received = { message, receiveCount: wrong ? 1 : message.receiveCount }
        records.push(received)
        if (!scenario.fifo && world.random.chance(rates.duplicateInBatch)) records.push(received)
      }
      const batch = { number: ++this.#batchNumber, records }
      slot.reserved++
      world.after(world.random.below(scenario.batchWindowMs + 1), undefined, () => {
        slot.reserved--
        this.#invoke(slot, batch)
      })
    }
  }

  #freeSlot(): Slot | undefined {
    const { world, scenario } = this.#simulation
    const free = this.#slots.filter(
      ({ host, reserved }) => reserved + (host?.dead ? 0 : (host?.active ?? 0)) < scenario.invocationsPerHost,
    )
    return free.length === 0 ? undefined : world.random.pick(free)
  }

  #invoke(slot: Slot, batch: Batch): void {
    const simulation = this.#simulation
    const { world, scenario, rates } = simulation
    if (slot.host === undefined || slot.host.dead) {
      const skew =
        scenario.maxSkewMs === 0 ? 0 : world.random.between(-scenario.maxSkewMs, scenario.maxSkewMs)
      const host = new Host(world, ++this.#hostNumber, skew, this.#watch)
      slot.host = host
      slot.handler = simulation.startHandler(host)
    }
    const { host, handler } = slot
    if (handler === undefined) return
    host.thaw()
    if (world.random.chance(rates.kill)) host.fuse = world.random.between(1, 30)
    simulation.disturb(batch)
    if (scenario.environment === 'managed') world.coverage.hit('managedInvocation')
    if (scenario.large) world.coverage.hit('largeEvent')
    const invocation = new Invocation(simulation, host, batch, () => {
      if (host.active === 0 && !host.dead && scenario.environment !== 'managed') host.freeze()
      this.pump()
    })
    this.#watchDeadline(invocation, host)
    if (world.random.chance(rates.stall)) this.#planStall(invocation, host)
    invocation.start(handler)
  }

  /** With a hard kill the environment ends with the invocation, up to 0.7 s late; without, it just runs on. */
  #watchDeadline(invocation: Invocation, host: Host): void {
    const simulation = this.#simulation
    const { world, scenario } = simulation
    world.after(scenario.timeoutMs + world.random.below(LATE_KILL_MS + 1), undefined, () => {
      if (invocation.over) return
      if (scenario.environment === 'lambda' || scenario.environment === 'open') {
        world.coverage.hit('hardKillAtDeadline')
        simulation.checker.missedDeadline(invocation)
        host.kill('deadline')
        return
      }
      world.coverage.hit('outlivedDeadline')
      invocation.giveUp()
      if (scenario.environment === 'no-kill' && world.random.chance(500)) host.freeze()
    })
  }

  /** Often just after the start, when claim or first handler are under way, and often until the reserve has begun. */
  #planStall(invocation: Invocation, host: Host): void {
    const { world, scenario } = this.#simulation
    const { random } = world
    const { timeoutMs, deadlineReserveMs } = scenario
    const begin = random.below(random.pick([20, 400, timeoutMs]))
    const end = random.chance(500)
      ? timeoutMs - random.below(deadlineReserveMs + 1)
      : begin + random.between(1, timeoutMs)
    if (end <= begin) return
    world.after(begin, undefined, () => {
      if (invocation.over || host.dead || host.frozen) return
      invocation.stalled = true
      host.freeze()
      world.after(end - begin, undefined, () => {
        if (!host.dead && host.active > 0) host.thaw()
      })
    })
  }
}
