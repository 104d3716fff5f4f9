import { hash } from 'node:crypto'
import { between, fraction } from '../../../test/servers/seeded.ts'
import type { Line } from './input.ts'

/** Shares of the messages, or of the orders, that meet each fault. */
const RATE = { kill: 0.03, twice: 0.08, lostDelete: 0.04, cut: 0.03, provider: 0.03 }
/** A batch takes about this long: a kill may come at any moment of it. Milliseconds. */
const KILL_WITHIN_MS = 90

/**
 * What will go wrong. Everything is drawn from the seed and a stable identity (line number or order id), never from
 * timing, so that a seed brings the same faults in every run.
 */
export interface DemoFaults {
  /** Milliseconds after the start of this message's first invocation at which its worker is killed. */
  killAfter(line: number): number | undefined
  /** Delivered to two invocations at once, at its first delivery. */
  twice(line: number): boolean
  /** Not deleted when it is first acknowledged. */
  lostDelete(line: number): boolean
  /** A write about this order that is applied though its answer is lost. */
  cut(orderId: string): Cut | undefined
  /** The payment provider refuses this order's first attempt. */
  providerFails(orderId: string): boolean
}

export interface Cut {
  /** The first write is the claim; the second, as a rule, the completion. */
  readonly write: 1 | 2
  readonly kind: 'drop-answer' | 'error-after-apply'
}

const NONE: DemoFaults = {
  killAfter: () => undefined,
  twice: () => false,
  lostDelete: () => false,
  cut: () => undefined,
  providerFails: () => false,
}

export function demoFaults(seed: number, faults: boolean): DemoFaults {
  if (!faults) return NONE
  return {
    killAfter: (line) =>
      fraction(seed, 'kill', line) < RATE.kill
        ? between(0, KILL_WITHIN_MS, fraction(seed, 'instant', line))
        : undefined,
    twice: (line) => fraction(seed, 'twice', line) < RATE.twice,
    lostDelete: (line) => fraction(seed, 'delete', line) < RATE.lostDelete,
    cut: (orderId) => (fraction(seed, 'cut', orderId) < RATE.cut ? cutAt(seed, orderId) : undefined),
    providerFails: (orderId) => fraction(seed, 'provider', orderId) < RATE.provider,
  }
}

function cutAt(seed: number, orderId: string): Cut {
  return {
    write: fraction(seed, 'write', orderId) < 0.5 ? 1 : 2,
    kind: fraction(seed, 'kind', orderId) < 0.5 ? 'drop-answer' : 'error-after-apply',
  }
}

/** How much a plan holds for these messages, and a fingerprint of all of it. */
export interface PlanSummary {
  readonly kills: number
  readonly twice: number
  readonly lostDeletes: number
  readonly cutAnswers: number
  readonly providerFailures: number
  readonly digest: string
}

export function summarise(plan: DemoFaults, lines: readonly Line[]): PlanSummary {
  const orderIds = [...new Set(lines.flatMap(({ order }) => order?.orderId ?? []))]
  const numbers = lines.map(({ number }) => number)
  const kills = numbers.map((line) => [line, plan.killAfter(line)]).filter(([, after]) => after !== undefined)
  const twice = numbers.filter((line) => plan.twice(line))
  const lostDeletes = numbers.filter((line) => plan.lostDelete(line))
  const cuts = orderIds.map((id) => [id, plan.cut(id)]).filter(([, stage]) => stage !== undefined)
  const provider = orderIds.filter((id) => plan.providerFails(id))
  return {
    kills: kills.length,
    twice: twice.length,
    lostDeletes: lostDeletes.length,
    cutAnswers: cuts.length,
    providerFailures: provider.length,
    digest: hash('sha256', JSON.stringify([kills, twice, lostDeletes, cuts, provider])).slice(0, 12),
  }
}
