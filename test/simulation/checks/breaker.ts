import type { CompletionWatcher } from '../dynamodb/operation.ts'
import { completedIn } from '../dynamodb/operation.ts'
import type { ServiceError } from '../dynamodb/service-error.ts'
import type { Host } from '../host.ts'
import type { Invocation } from '../invocation.ts'
import type { Checker } from './checker.ts'

/** One group of settlements. */
const GROUP = 25
/** The processor may be kept this long before completions leave, ms: one handler more may have been started. */
const TURN_MS = 10

/** A completion whose first attempt was not confirmed. */
interface Unconfirmed {
  readonly invocation: number
  /** Step of the world in which the code learned of it. */
  readonly step: number
}

/**
 * While a completion is unconfirmed for more than one attempt no new handler starts, and what a crash would repeat is
 * bounded at any time.
 */
export class Breaker implements CompletionWatcher {
  readonly #checker: Checker
  readonly #unconfirmed = new Map<string, Unconfirmed>()
  /** By invocation: effects that are done and not in the table. */
  readonly #effects = new Map<number, number>()
  readonly #confirmedOnce = new Set<number>()
  #turn = { invocation: 0, step: 0, busyMs: 0 }

  constructor(checker: Checker) {
    this.#checker = checker
  }

  answered(host: Host, command: unknown, output: object): void {
    const ids = completedIn(command)
    if (ids.length === 0) return
    const { Responses: responses = [] } = output as { Responses?: { Error?: { Code: string } }[] }
    ids.forEach((id, index) => {
      const code = responses[index]?.Error?.Code
      // A condition that failed is an answer; a role without the batch form will be served by single items.
      if (code === undefined || code === 'ConditionalCheckFailed' || code === 'DuplicateItem') {
        this.#unconfirmed.delete(keyOf(id, host))
      } else if (code !== 'AccessDenied') this.#failedFor(id, host)
    })
  }

  failed(host: Host, command: unknown, { name }: ServiceError): void {
    if (name === 'AccessDeniedException') return
    for (const id of completedIn(command)) {
      if (name === 'ConditionalCheckFailedException') this.#unconfirmed.delete(keyOf(id, host))
      else this.#failedFor(id, host)
    }
  }

  #failedFor(id: string, host: Host): void {
    const claim = this.#checker.book.latestOf(id, host)
    if (claim === undefined) return
    const { world } = this.#checker.simulation
    const before = this.#unconfirmed.get(keyOf(id, host))
    const invocation = claim.execution?.invocation ?? claim.invocation
    this.#unconfirmed.set(keyOf(id, host), before ?? { invocation, step: world.steps })
    world.coverage.hit('completionRetried')
  }

  /** A handler of a function of one message starts. */
  starts({ batch: { number } }: Invocation, messageId: string): void {
    const { world } = this.#checker.simulation
    for (const [key, { invocation, step }] of this.#unconfirmed) {
      if (invocation !== number || step === world.steps) continue
      const name = this.#checker.simulation.keyOf(key.split(' ')[0] ?? '')
      world.fail('breaker', `${messageId} started while the completion of ${name} was not confirmed`)
      return
    }
    const { invocation, step, busyMs } = this.#turn
    if (invocation === number && step === world.steps && busyMs > TURN_MS) {
      world.fail(
        'turn',
        `${messageId} started in a turn in which handlers had kept the processor ${busyMs} ms`,
      )
    }
  }

  /** A handler kept the processor. */
  busy(invocation: number, ms: number): void {
    const { steps: step } = this.#checker.simulation.world
    const turn = this.#turn
    const same = turn.invocation === invocation && turn.step === step
    this.#turn = { invocation, step, busyMs: (same ? turn.busyMs : 0) + ms }
  }

  /** An effect of a claimed message happened for the first time in this run. */
  effect(invocation: number, messageId: string): void {
    const { world, scenario } = this.#checker.simulation
    const count = (this.#effects.get(invocation) ?? 0) + 1
    this.#effects.set(invocation, count)
    if (!scenario.large) return
    const most = scenario.concurrency + (this.#confirmedOnce.has(invocation) ? 2 * GROUP : GROUP)
    if (count <= most) return
    world.fail('breaker', `with ${messageId} ${count} effects are not confirmed, at most ${most} may be`)
  }

  /** Its completion is in the table, or its handler failed: it repeats whatever happens. */
  done(invocation: number, confirmed: boolean): void {
    this.#effects.set(invocation, (this.#effects.get(invocation) ?? 0) - 1)
    if (confirmed) this.#confirmedOnce.add(invocation)
  }
}

function keyOf(id: string, host: Host): string {
  return `${id} ${host.number}`
}
