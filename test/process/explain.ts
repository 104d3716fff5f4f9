import type { FaultKind } from '../servers/fault-plan.ts'
import type { Evidence, Kill, LoggedFault, Outage } from './evidence.ts'
import type { Entry } from './journal.ts'
import { recordId } from './record-id.ts'

/** An effect that was repeated, and why that is within the guarantee. */
export interface ExtraEffect {
  readonly messageId: string
  /** The effect whose completion was never confirmed. */
  readonly effect: Entry<'effect'>
  readonly next: Entry<'effect'>
  readonly cause: Cause
}

export type Cause =
  /** Its worker died between the effect and the confirmed completion. */
  | { readonly kind: 'killed'; readonly kill: Kill }
  /** Nobody could find out whether the completion landed, because of these faults, at least one. */
  | { readonly kind: 'unknown-completion'; readonly faults: readonly LoggedFault[] }
  /** Likewise, because the store was down. */
  | { readonly kind: 'store-down'; readonly outage: Outage }
  /** Likewise, but nothing was injected: a busy machine kept the answer beyond the request's or the batch's time. */
  | { readonly kind: 'slow'; readonly noAnswers: number; readonly outOfTime: boolean }

/** Faults after which the client cannot know whether its request was applied. */
export const AMBIGUOUS: ReadonlySet<FaultKind> = new Set([
  'drop-answer',
  'error-after-apply',
  'delay',
  'reset',
  'half-open',
])

/** A clock read in one process and a signal sent from another: this far apart they count as the same moment. */
const SAME_MOMENT_MS = 100

/** Finds, for each repeated effect, the kill or the fault between the effect and its completion. */
export class Explainer {
  readonly #kills: Map<number, Kill[]>
  readonly #ends: Map<string, Entry<'end'>[]>
  readonly #faults = new Map<string, LoggedFault[]>()
  readonly #completedAt = new Map<string, number>()
  readonly #outages: readonly Outage[]
  readonly #noAnswers: Map<number, Entry<'no-answer'>[]>

  constructor({ kills, ends, faults, outages, noAnswers, looks }: Evidence) {
    this.#kills = Map.groupBy(kills, ({ pid }) => pid)
    this.#ends = Map.groupBy(ends, ({ messageId }) => messageId)
    this.#outages = outages
    this.#noAnswers = Map.groupBy(noAnswers, ({ pid }) => pid)
    for (const fault of faults) {
      for (const id of fault.ids) {
        const known = this.#faults.get(id)
        if (known) known.push(fault)
        else this.#faults.set(id, [fault])
      }
    }
    for (const { time, statuses } of looks) {
      for (const [messageId, status] of statuses) {
        const before = this.#completedAt.get(messageId) ?? Infinity
        if (status === 'COMPLETED') this.#completedAt.set(messageId, Math.min(before, time))
      }
    }
  }

  /** The explanation, or a sentence about what must not be. */
  explain(effect: Entry<'effect'>, next: Entry<'effect'>): ExtraEffect | string {
    const { messageId, pid, time } = effect
    const what = `${messageId}: the effect of attempt ${effect.attempt} in worker ${pid} was repeated by attempt ${next.attempt} in worker ${next.pid}`
    const completedAt = this.#completedAt.get(messageId)
    if (completedAt !== undefined && completedAt < next.time)
      return `${what}, although its record was COMPLETED ${next.time - completedAt} ms before.`
    const end = this.#ends
      .get(messageId)
      ?.find((one) => one.pid === pid && one.attempt === effect.attempt && one.time >= time)
    const extra = { messageId, effect, next }
    if (end === undefined) {
      const kill = this.#kills
        .get(pid)
        ?.find((one) => one.time + SAME_MOMENT_MS >= time && one.time - SAME_MOMENT_MS <= next.time)
      if (kill) return { ...extra, cause: { kind: 'killed', kill } }
      return `${what}, and nothing explains it: the worker was not killed, and how it ended the message is not known.`
    }
    if (end.outcome !== 'unknown-completion')
      return `${what}, although it had ended as ${end.outcome} ${next.time - end.time} ms before.`
    const outage = this.#outages.find(({ from, to }) => from <= end.time && to + SAME_MOMENT_MS >= time)
    if (outage) return { ...extra, cause: { kind: 'store-down', outage } }
    const id = recordId(messageId)
    const faults = (this.#faults.get(id) ?? []).filter(
      ({ time: at }) => at + SAME_MOMENT_MS >= time && at <= end.time,
    )
    if (faults.length > 0) return { ...extra, cause: { kind: 'unknown-completion', faults } }
    const { length: silent } = (this.#noAnswers.get(pid) ?? []).filter(
      (one) => one.time >= time && one.time <= end.time && one.ids.includes(id),
    )
    const outOfTime = end.time >= effect.deadline
    if (silent > 0 || outOfTime) return { ...extra, cause: { kind: 'slow', noAnswers: silent, outOfTime } }
    return `${what}; its completion stayed unknown, but no fault, no outage and no lack of time explains why.`
  }
}
