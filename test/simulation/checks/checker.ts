import type { OnceEvent } from '../../../src/index.ts'
import { type Item, type View, viewOf } from '../dynamodb/item.ts'
import type { TableWatcher } from '../dynamodb/table.ts'
import type { Host } from '../host.ts'
import type { Invocation } from '../invocation.ts'
import type { Message } from '../queue.ts'
import type { Simulation } from '../simulation.ts'
import { judgeAnswer, judgeRequests } from './answers.ts'
import { Breaker } from './breaker.ts'
import { ClaimBook } from './claim-book.ts'
import { type Execution, judgeWrite } from './claims.ts'
import { clockErrorOf, windowOf } from './clock.ts'
import { countNotice, countWrite } from './counting.ts'
import { describeRecord } from './describe.ts'
import { Executions } from './executions.ts'
import { judgeClaimedAhead, judgeGivenBack } from './given-back.ts'
import { judgeHandOver } from './hand-over.ts'
import { hopelessness } from './hopeless.ts'
import { expectLateCompletion } from './late.ts'
import { LeftRunning } from './left-running.ts'
import { meetsDeadLease } from './visibility.ts'

/** When a record was COMPLETED last: true epoch ms. */
export interface CompletedSpan {
  readonly from: number
  to: number | undefined
}

/** Sees everything, and compares it with protocol.md at every step. Shares no code with what it checks. */
export class Checker implements TableWatcher {
  readonly simulation: Simulation
  readonly executions: Executions
  readonly book = new ClaimBook()
  readonly breaker: Breaker
  readonly leftRunning: LeftRunning
  readonly completed = new Map<string, CompletedSpan>()
  /** Records that somebody changed from outside: what was promised of them is off. */
  readonly tampered = new Set<string>()
  readonly invocations = new Map<number, Invocation>()

  constructor(simulation: Simulation) {
    this.simulation = simulation
    this.executions = new Executions(this)
    this.breaker = new Breaker(this)
    this.leftRunning = new LeftRunning(this)
  }

  get effects(): number {
    return this.executions.effects
  }

  invoked(invocation: Invocation): void {
    const { number, records } = invocation.batch
    this.invocations.set(number, invocation)
    const { host } = invocation
    host.onToken = (token) => {
      const others = host.invocations.length > 1 ? [...host.invocations] : undefined
      this.book.drew(token, { invocation: number, others })
    }
    const { items } = this.simulation.state.table
    // Only what a large event is asked for.
    if (!this.simulation.scenario.large) return
    for (const { message } of records) {
      const item = items.get(this.simulation.idOf(message.plan.key))
      if (item === undefined || item['status']?.S === 'FAILED') invocation.claimable++
    }
  }

  started(host: Host, receipt: string, messageId: string, fence: number | undefined): Execution | undefined {
    return this.executions.started(host, receipt, messageId, fence)
  }

  handedOver(host: Host, records: readonly { readonly receiptHandle: string }[]): void {
    judgeHandOver(this, host, records)
  }

  ended(execution: Execution, how: 'success' | 'error'): void {
    this.executions.ended(execution, how)
    if (how === 'success') expectLateCompletion(this, execution)
  }

  effect(execution: Execution): void {
    this.executions.effect(execution)
  }

  written(id: string, oldItem: Item | undefined, item: Item, writer: Host): void {
    const { world } = this.simulation
    const old = oldItem === undefined ? undefined : viewOf(oldItem)
    const now = viewOf(item)
    world.note(6, now.fence | 0)
    if (world.trace !== undefined) {
      world.say(
        `${writer.name} writes ${this.simulation.keyOf(id)}: ${describeRecord(old)} -> ${describeRecord(now)}`,
      )
    }
    const claims = now.status === 'IN_PROGRESS' && now.fence !== old?.fence
    this.#judge(id, old, now, writer)
    countWrite(this, id, old, now, writer, claims)
    if (claims) {
      const claim = this.book.register(id, now, writer, this.simulation.keyOf(id))
      if (claim !== undefined) judgeClaimedAhead(this, claim.invocation)
    } else this.#settled(id, now, writer)
    this.#span(id, now.status)
  }

  refused(id: string, offered: Item, owner: string | undefined, found: Item | undefined, writer: Host): void {
    const { world } = this.simulation
    const { coverage } = world
    const seen = found === undefined ? undefined : viewOf(found)
    const status = offered['status']?.S
    world.note(7, seen?.fence ?? 0)
    if (world.trace !== undefined) {
      world.say(
        `${writer.name} is refused ${status} on ${this.simulation.keyOf(id)}: ${describeRecord(seen)}`,
      )
    }
    if (status === 'IN_PROGRESS') {
      if (seen?.owner === owner && seen?.status === 'IN_PROGRESS') {
        const claim = this.book.byFence(id, seen.fence, writer.number)
        if (claim !== undefined) claim.seenAgain ||= writer.hears
      }
      this.#looked(id, seen, writer)
      return
    }
    // An extension offers a lease; what it finds does not tell the completion, which may have given up before.
    const completes = status === 'COMPLETED' && offered['leaseUntil'] === undefined
    if (completes && seen?.status === 'COMPLETED' && seen.owner === owner) {
      const claim = this.book.byFence(id, seen.fence, writer.number)
      if (claim !== undefined && writer.hears) claim.completionSeenAt = world.time
    }
    if (completes && seen === undefined) coverage.hit('completionOfAbsentRecord')
    if (seen === undefined || seen.owner === owner) return
    coverage.hit('zombieWriteRefused')
    if (completes) coverage.hit('lostLeaseAtCompletion')
  }

  read(id: string, item: Item | undefined, reader: Host): void {
    this.simulation.world.note(8, item === undefined ? 0 : 1)
    this.#looked(id, item === undefined ? undefined : viewOf(item), reader)
  }

  /** Somebody beside the code under test changed or deleted a record. */
  disturbed(id: string, item: Item | undefined, tampering: boolean): void {
    if (tampering) this.tampered.add(id)
    const old = this.simulation.state.table.items.get(id)
    if (!tampering && old !== undefined && viewOf(old).expiresAt >= this.simulation.world.time) {
      this.#fail('I2', `time to live deleted ${this.simulation.keyOf(id)} inside its window`)
    }
    this.#span(id, item?.['status']?.S)
  }

  answered(invocation: Invocation, reading: Parameters<typeof judgeAnswer>[2]): void {
    judgeAnswer(this, invocation, reading)
  }

  threw(invocation: Invocation, error: unknown): void {
    this.simulation.world.coverage.hit('wholeBatchThrown')
    judgeRequests(this, invocation, 'thrown')
    judgeGivenBack(this, invocation)
    if (this.simulation.scenario.rates.refused > 0 || invocation.interfered) return
    this.#fail(
      'I8',
      `batch ${invocation.batch.number} threw: ${error instanceof Error ? error.message : error}`,
    )
  }

  /** The engine answers before the platform ends the invocation, whatever handlers, schemas and store do. */
  missedDeadline(invocation: Invocation): void {
    const { scenario } = this.simulation
    // Without a context nobody knows the end; a handler of the whole batch answers when it likes.
    if (scenario.environment === 'open' || scenario.face === 'whole-batch') return
    const { host, batch } = invocation
    const stood = [...this.invocations.values()].some((other) => other.host === host && other.stalled)
    if (!stood && !host.dead) this.#fail('deadline', `batch ${batch.number} was not answered by its deadline`)
  }

  observed(host: Host, event: OnceEvent): void {
    countNotice(this.simulation, event)
    this.leftRunning.observed(host, event)
    if (event.kind !== 'notice' || event.notice !== 'given-back') return
    for (const { givenBack } of host.invocations) givenBack.add(event.messageId)
  }

  hopeless(message: Message): string | undefined {
    return hopelessness(this.simulation, message)
  }

  atEnd(): void {
    const { scenario, queue } = this.simulation
    this.leftRunning.atEnd()
    for (const message of queue.messages) {
      if (message.state === 'queued') this.#fail('I7', `${message.plan.id} is still queued at the end`)
      if (message.state === 'dead-lettered' && scenario.quiet) {
        this.#fail('quiet', `${message.plan.id} was dead-lettered without any fault`)
      }
    }
  }

  /** Whether a record was COMPLETED at some moment since `time`. */
  wasCompletedSince(id: string, time: number): boolean {
    const span = this.completed.get(id)
    return span !== undefined && (span.to === undefined || span.to >= time)
  }

  #judge(id: string, old: View | undefined, now: View, writer: Host): void {
    const { world, scenario, queue } = this.simulation
    const claim = this.book.byFence(id, (old ?? now).fence, writer.number)
    // What ran without a record claims and completes it afterwards.
    if (claim !== undefined)
      claim.execution ??= this.executions.unclaimedOf(
        id,
        writer,
        claim.ambiguous ? undefined : claim.invocation,
      )
    const errorMs = writer.goesByItsOwnClock
      ? Math.max(clockErrorOf(scenario), scenario.maxSkewMs)
      : clockErrorOf(scenario)
    const verdict = judgeWrite(old, now, {
      writer,
      issuedByWriter: now.owner.startsWith(`token-${writer.number}-`),
      latestNow: world.time + errorMs,
      trueNow: world.time,
      errorMs,
      marginMs: 2 * scenario.clockErrorMs,
      // The latest sending of any message with this key.
      sentAt: queue.lastSentOf(this.simulation.keyOf(id)),
      claim,
      ttlMs: windowOf(scenario),
      maxAttempts: scenario.maxAttempts,
      ranBefore: this.executions.unclaimedOf(id, writer) !== undefined,
      wholeBatch: scenario.face === 'whole-batch',
    })
    if (verdict !== undefined) this.#fail(verdict[0], `${this.simulation.keyOf(id)}: ${verdict[1]}`)
  }

  #settled(id: string, now: View, writer: Host): void {
    const { coverage } = this.simulation.world
    const claim = this.book.byFence(id, now.fence, writer.number)
    if (claim === undefined || claim.owner !== now.owner) return
    if (now.status === 'COMPLETED' && !claim.completed) {
      claim.completed = true
      this.executions.confirmed(claim)
    }
    if (now.status === 'FAILED' && claim.execution === undefined && !claim.handedOver) claim.givenBack = true
    if (now.leaseUntil === undefined) return
    claim.leaseUntil = now.leaseUntil
    claim.extended = true
    coverage.hit('leaseExtended')
    if (claim.execution === undefined) coverage.hit('extendedBeforeStart')
    this.leftRunning.extended(claim)
  }

  #span(id: string, status: string | undefined): void {
    const span = this.completed.get(id)
    if (status === 'COMPLETED') this.completed.set(id, { from: this.simulation.world.time, to: undefined })
    else if (span !== undefined && span.to === undefined) span.to = this.simulation.world.time
  }

  #looked(id: string, seen: View | undefined, reader: Host): void {
    if (seen === undefined || seen.status !== 'IN_PROGRESS') return
    const why = meetsDeadLease(this, id, seen, reader)
    if (why !== undefined) this.#fail('I10', `${this.simulation.keyOf(id)}: ${why}`)
  }

  #fail(invariant: string, message: string): void {
    this.simulation.world.fail(invariant, message)
  }
}
