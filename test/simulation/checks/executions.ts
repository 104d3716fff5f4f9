import { isUndisturbed } from '../faults.ts'
import type { Host } from '../host.ts'
import type { Invocation } from '../invocation.ts'
import type { Checker } from './checker.ts'
import type { ClaimRecord, Execution } from './claims.ts'

/** Every run of the user's handler, and every effect. */
export class Executions {
  effects = 0
  readonly #checker: Checker
  readonly #byId = new Map<string, Execution[]>()
  /** Bodies whose effect has happened, by record id. */
  readonly #bodies = new Map<string, Set<string>>()

  constructor(checker: Checker) {
    this.#checker = checker
  }

  started(host: Host, receipt: string, messageId: string, fence: number | undefined): Execution | undefined {
    const checker = this.#checker
    const { simulation } = checker
    const { world } = simulation
    const [batchNumber, index] = receipt.split(':').map(Number)
    const invocation = checker.invocations.get(batchNumber ?? -1)
    const message = invocation?.batch.records[index ?? -1]?.message
    if (invocation === undefined || message === undefined || message.plan.id !== messageId) {
      world.fail('handler', `a handler got a message that was not delivered: ${messageId}`)
      return undefined
    }
    const id = simulation.idOf(message.plan.key)
    const claim = fence === undefined ? this.#guessClaim(id, invocation) : checker.claimOf(id, fence, host)
    const execution: Execution = {
      id,
      messageId,
      body: message.plan.body,
      host,
      invocation: invocation.batch.number,
      claim,
      startedAt: world.time,
      ended: undefined,
      effects: 0,
    }
    world.note(9, invocation.batch.number)
    if (world.trace !== undefined) {
      world.say(
        `${host.name} runs ${messageId} (${message.plan.key}) with fence ${(claim?.fence ?? NaN) - 1_700_000_000_000}`,
      )
    }
    const others = this.#byId.get(id) ?? []
    this.#judgeStart(execution, claim, invocation, others)
    if (claim !== undefined) claim.execution = execution
    others.push(execution)
    this.#byId.set(id, others)
    return execution
  }

  ended(execution: Execution, how: 'success' | 'error'): void {
    execution.ended = how
    const { world } = this.#checker.simulation
    world.note(10, execution.invocation)
    if (world.trace !== undefined) world.say(`${execution.host.name} ends ${execution.messageId} with ${how}`)
  }

  effect(execution: Execution): void {
    const { simulation } = this.#checker
    const { world, scenario } = simulation
    this.effects++
    execution.effects++
    world.note(11, execution.invocation)
    if (world.trace !== undefined) world.say(`${execution.host.name} EFFECT of ${execution.messageId}`)
    const bodies = this.#bodies.get(execution.id) ?? new Set()
    this.#bodies.set(execution.id, bodies.add(execution.body))
    const earlier = (this.#byId.get(execution.id) ?? []).some(
      (other) => other !== execution && other.effects > 0,
    )
    if (!earlier) return
    world.coverage.hit('duplicateEffect')
    if (scenario.quiet)
      world.fail('quiet', `the effect of ${execution.messageId} came twice without any fault`)
  }

  /** Whether the effect of this body has happened under this key. */
  hasEffect(id: string, body: string): boolean {
    return this.#bodies.get(id)?.has(body) ?? false
  }

  /** A run of this host that succeeded without a claim. */
  unclaimedOf(id: string, host: Host): Execution | undefined {
    const { face, onStoreUnavailable } = this.#checker.simulation.scenario
    // Under a handler of the whole batch a claim that landed unheard cannot be told from one that was granted.
    const guessed = face === 'whole-batch' && onStoreUnavailable === 'run'
    return this.#byId
      .get(id)
      ?.find((run) => run.host === host && run.ended === 'success' && (guessed || run.claim === undefined))
  }

  /** Which run of its message this is, from 1; runs that died before they got to anything do not count. */
  runsOf(execution: Execution): number {
    const runs = this.#byId.get(execution.id) ?? []
    return runs.filter((run) => run === execution || run.ended !== undefined).length
  }

  /** Effects on this host whose completion is not in the table. */
  unconfirmedEffectsOf(host: Host): number {
    let count = 0
    for (const runs of this.#byId.values()) {
      for (const run of runs) {
        if (run.host === host && run.effects > 0 && run.claim !== undefined && !run.claim.completed) count++
      }
    }
    return count
  }

  /** Whether a handler runs somewhere under the claim that the record shows. */
  isHeld(id: string, fence: number): boolean {
    const runs = this.#byId.get(id) ?? []
    return runs.some(({ ended, host, claim }) => ended === undefined && !host.dead && claim?.fence === fence)
  }

  /** Whether a handler of this invocation has not settled yet. */
  isRunningIn(invocation: Invocation): boolean {
    for (const { message } of invocation.batch.records) {
      const id = this.#checker.simulation.idOf(message.plan.key)
      for (const execution of this.#byId.get(id) ?? []) {
        if (execution.invocation === invocation.batch.number && execution.ended === undefined) return true
      }
    }
    return false
  }

  /** A handler of the whole batch is not told its fence: it is that of the claim of its invocation, if there is one. */
  #guessClaim(id: string, { host, batch }: Invocation): ClaimRecord | undefined {
    const claim = this.#checker.claimIn(id, host, batch.number)
    return claim?.execution === undefined ? claim : undefined
  }

  #judgeStart(
    execution: Execution,
    claim: ClaimRecord | undefined,
    invocation: Invocation,
    others: readonly Execution[],
  ): void {
    const { simulation } = this.#checker
    const { world, scenario } = simulation
    const { host, id, messageId } = execution
    if (others.some((other) => other.invocation === execution.invocation)) {
      world.fail('coalescing', `${messageId} ran although its key had run in the same batch`)
    }
    this.#judgeOrder(execution, invocation)
    // A handler of the whole batch decides itself when it starts each record.
    const engineStarts = scenario.face !== 'whole-batch'
    const stopAt = invocation.deadline - scenario.deadlineReserveMs
    if (engineStarts && !scenario.openEnded && world.time > stopAt) {
      world.fail('deadline', `${messageId} started ${world.time - stopAt} ms inside the reserve`)
    }
    if (claim === undefined) {
      if (scenario.onStoreUnavailable === 'run') world.coverage.hit('failOpenRun')
      else world.fail('claim', `${messageId} ran without a claim`)
      return
    }
    if (claim.seenAgain) world.coverage.hit('ownWriteRecognised')
    const leaseEnd = (claim.leaseUntil ?? 0) - host.skew
    if (world.time >= leaseEnd) {
      if (engineStarts)
        world.fail('lease', `${messageId} started ${world.time - leaseEnd} ms after its own lease`)
      return
    }
    if (this.#checker.clocksAgree && !this.#checker.tampered.has(id)) {
      for (const other of others) this.#judgeOverlap(execution, other)
    }
  }

  /** I1: no other run of this key may still be inside its lease. */
  #judgeOverlap(execution: Execution, other: Execution): void {
    const { world, scenario } = this.#checker.simulation
    if (other.ended !== undefined || other.host.dead || other.claim === undefined) return
    const invocation = this.#checker.invocations.get(other.invocation)
    const inside = world.time < (other.claim.leaseUntil ?? 0) - other.host.skew
    // With a hard kill a run whose invocation is not over is running, lease or not; without an end that anybody knows
    // its lease must have been extended, unless something kept it from being.
    const held = scenario.openEnded ? isUndisturbed(scenario.rates) : scenario.hardKill
    const running = held && invocation !== undefined && !invocation.over
    if (inside || running) {
      world.fail(
        'I1',
        `${execution.messageId} runs on ${execution.host.name} while it runs on ${other.host.name}`,
      )
    }
  }

  /** I9: what stands before it in its group must be done. */
  #judgeOrder(execution: Execution, invocation: Invocation): void {
    const checker = this.#checker
    const { world, scenario } = checker.simulation
    if (!scenario.fifo || scenario.face === 'whole-batch') return
    const { records } = invocation.batch
    const own = records.find(({ message }) => message.plan.id === execution.messageId)?.message
    for (const { message } of records) {
      if (message === own || own === undefined) return
      if (scenario.fifoStops === 'group' && message.plan.group !== own.plan.group) continue
      const id = checker.simulation.idOf(message.plan.key)
      if (id === execution.id || checker.wasCompletedSince(id, invocation.startedAt)) continue
      world.fail('I9', `${execution.messageId} ran although ${message.plan.id} before it is not done`)
    }
  }
}
