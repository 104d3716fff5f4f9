import type { OnceEvent } from '../../../src/index.ts'
import { isUndisturbed } from '../faults.ts'
import type { Host } from '../host.ts'
import type { Checker } from './checker.ts'
import type { ClaimRecord } from './claims.ts'
import { clockErrorOf } from './clock.ts'

/** Longest lease of one extension, and longest wait for the next, ms. */
const LONGEST_LEASE_MS = 90_000

/**
 * Where nothing kills, a lease is extended while its handler runs, at most twice the time of its invocation: a handler
 * that hangs must not hold its key for days. That it was left is told.
 */
export class LeftRunning {
  readonly #checker: Checker
  readonly #told = new Set<string>()

  constructor(checker: Checker) {
    this.#checker = checker
  }

  observed({ number }: Host, event: OnceEvent): void {
    if (event.kind !== 'notice' || event.notice !== 'left-running') return
    this.#told.add(`${number} ${event.messageId}`)
  }

  extended(claim: ClaimRecord): void {
    const { scenario, world } = this.#checker.simulation
    const invocation = this.#checker.invocations.get(claim.invocation)
    if (scenario.environment !== 'managed' || invocation === undefined) return
    const longest = invocation.heldUntil + LONGEST_LEASE_MS + clockErrorOf(scenario)
    if ((claim.leaseUntil ?? 0) > longest)
      world.fail('lease', `a lease was extended ${(claim.leaseUntil ?? 0) - longest} ms too far`)
  }

  atEnd(): void {
    const { scenario, world } = this.#checker.simulation
    if (scenario.environment !== 'managed' || scenario.face === 'whole-batch') return
    // Who cannot reach the table loses its leases, and is told that instead.
    if (!isUndisturbed(scenario.rates) || scenario.company !== 'none') return
    for (const { ended, host, invocation: number, messageId, claim, id } of this.#checker.executions.all()) {
      const invocation = this.#checker.invocations.get(number)
      if (ended !== undefined || host.dead || invocation === undefined || claim === undefined) continue
      if (this.#checker.tampered.has(id) || claim.completed) continue
      if (world.time < invocation.heldUntil + LONGEST_LEASE_MS) continue
      if (!this.#told.has(`${host.number} ${messageId}`))
        world.fail('left', `${messageId} still runs on ${host.name}, and nobody was told`)
    }
  }
}
