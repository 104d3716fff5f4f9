import { isUndisturbed } from '../faults.ts'
import type { Host } from '../host.ts'
import type { Invocation } from '../invocation.ts'
import type { Checker } from './checker.ts'
import type { ClaimRecord, Execution } from './claims.ts'
import { judgeOwnLease } from './own-lease.ts'

/** Every run of the user's handler, and every effect. */
export class Executions {
  effects = 0
  readonly #checker: Checker
  readonly #byId = new Map<string, Execution[]>()
  readonly #byInvocation = new Map<number, Execution[]>()
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
    const claim =
      fence === undefined ? this.#guessClaim(id, invocation) : checker.book.byFence(id, fence, host.number)
    const execution: Execution = {
      id,
      messageId,
      body: message.plan.body,
      host,
      invocation: invocation.batch.number,
      claim,
      startedAt: world.time,
      ended: undefined,
      endedAt: Infinity,
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
    const { number } = invocation.batch
    const runs = this.#byInvocation.get(number)
    if (runs === undefined) this.#byInvocation.set(number, [execution])
    else runs.push(execution)
    invocation.started++
    return execution
  }

  ended(execution: Execution, how: 'success' | 'error'): void {
    const { world } = this.#checker.simulation
    execution.ended = how
    execution.endedAt = world.time
    if (how === 'error' && execution.effects > 0) this.#checker.breaker.done(execution.invocation, false)
    world.note(10, execution.invocation)
    if (world.trace !== undefined) world.say(`${execution.host.name} ends ${execution.messageId} with ${how}`)
  }

  effect(execution: Execution): void {
    const { simulation } = this.#checker
    const { world, scenario } = simulation
    this.effects++
    execution.effects++
    if (execution.claim !== undefined) this.#checker.breaker.effect(execution.invocation, execution.messageId)
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

  /** The completion of this claim is in the table. */
  confirmed({ execution }: ClaimRecord): void {
    if (execution === undefined) return
    const invocation = this.#checker.invocations.get(execution.invocation)
    if (invocation?.over) this.#checker.simulation.world.coverage.hit('lateSuccess')
    if (execution.effects > 0) this.#checker.breaker.done(execution.invocation, true)
  }

  /** All runs of one invocation. */
  of(invocation: number): readonly Execution[] {
    return this.#byInvocation.get(invocation) ?? []
  }

  all(): Iterable<Execution> {
    return [...this.#byId.values()].flat()
  }

  /** Whether the effect of this body has happened under this key. */
  hasEffect(id: string, body: string): boolean {
    return this.#bodies.get(id)?.has(body) ?? false
  }

  /** A run of this host that succeeded without a claim. */
  unclaimedOf(id: string, host: Host, invocation?: number): Execution | undefined {
    const { face, onStoreUnavailable } = this.#checker.simulation.scenario
    // Under a handler of the whole batch a claim that landed unheard cannot be told from one that was granted.
    const guessed = face === 'whole-batch' && onStoreUnavailable === 'run'
    return this.#byId.get(id)?.find(
      (run) =>
        run.host === host &&
        run.ended === 'success' &&
        (guessed || run.claim === undefined) &&
        // What an earlier invocation ran is not what this claim was made for.
        (invocation === undefined || run.invocation === invocation),
    )
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
    return this.of(invocation.batch.number).some(({ ended }) => ended === undefined)
  }

  /** A handler of the whole batch is not told its fence: it is that of the claim of its invocation, if there is one. */
  #guessClaim(id: string, { host, batch }: Invocation): ClaimRecord | undefined {
    const claim = this.#checker.book.in(id, host, batch.number)
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
    const { id, messageId } = execution
    if (others.some((other) => other.invocation === execution.invocation)) {
      world.fail('coalescing', `${messageId} ran although its key had run in the same batch`)
    }
    this.#judgeOrder(execution, invocation)
    // A handler of the whole batch decides itself when it starts each record.
    const engineStarts = scenario.face !== 'whole-batch'
    const stopAt = invocation.deadline - scenario.deadlineReserveMs
    if (engineStarts && scenario.environment !== 'open') this.#checker.breaker.starts(invocation, messageId)
    if (engineStarts && scenario.environment !== 'open' && world.time > stopAt) {
      world.fail('deadline', `${messageId} started ${world.time - stopAt} ms inside the reserve`)
    }
    if (claim === undefined) {
      if (scenario.onStoreUnavailable === 'run') world.coverage.hit('failOpenRun')
      else world.fail('claim', `${messageId} ran without a claim`)
      return
    }
    if (claim.seenAgain) world.coverage.hit('ownWriteRecognised')
    if (claim.attempts > (scenario.maxAttempts ?? Infinity)) {
      world.fail('attempts', `${messageId} runs for the ${claim.attempts}th time`)
    }
    if (scenario.fingerprint && claim.fingerprint !== simulation.fingerprintOf(execution.body)) {
      world.fail('claim', `${messageId} runs under the fingerprint of another payload`)
    }
    if (engineStarts) judgeOwnLease(this.#checker, claim, invocation, messageId)
    if (this.#checker.tampered.has(id)) return
    // What a handler of the whole batch that nothing has killed starts after its lease cannot be kept from starting.
    if (!engineStarts && scenario.environment === 'no-kill' && (claim.leaseUntil ?? 0) <= world.time) return
    for (const other of others) this.#judgeOverlap(execution, other)
  }

  /** I1: no other run of this key may still be inside its lease. */
  #judgeOverlap(execution: Execution, other: Execution): void {
    const { world } = this.#checker.simulation
    if (other.ended !== undefined || other.host.dead || other.claim === undefined) return
    if (other.host.goesByItsOwnClock || execution.host.goesByItsOwnClock) return
    const invocation = this.#checker.invocations.get(other.invocation)
    const inside = world.time < (other.claim.leaseUntil ?? 0)
    const running = invocation !== undefined && this.#mustBeAlone(invocation)
    if (inside || running) {
      world.fail(
        'I1',
        `${execution.messageId} runs on ${execution.host.name} while it runs on ${other.host.name}`,
      )
    }
  }

  /**
   * With a hard kill a run whose invocation is not over is running, lease or not; where nothing kills it its lease must
   * have been extended, unless something kept it from being.
   */
  #mustBeAlone(invocation: Invocation): boolean {
    const { scenario, world } = this.#checker.simulation
    switch (scenario.environment) {
      case 'lambda':
        return !invocation.over
      case 'open':
        return isUndisturbed(scenario.rates) && !invocation.over
      case 'managed':
        return isUndisturbed(scenario.rates) && !invocation.interfered && world.time < invocation.heldUntil
      case 'no-kill':
        return false
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
