import type { Evidence, FinalRecord } from './evidence.ts'
import { AMBIGUOUS, Explainer, type ExtraEffect } from './explain.ts'
import type { Entry } from './journal.ts'
import { judgeMemory, type MemoryVerdict } from './memory.ts'
import { recordId } from './record-id.ts'

/** One kill may repeat several effects and most repeat none: only many kills can be compared with all repetitions. */
const ENOUGH_KILLS = 40

export interface Verdict {
  readonly extraEffects: readonly ExtraEffect[]
  /** Kills, faults after which a client cannot know what was applied, and requests that a dying store left unanswered. */
  readonly allowedExtra: number
  readonly memory: MemoryVerdict
  /** One sentence for everything that must not be; none in a good run. */
  readonly violations: readonly string[]
}

/** Compares the workers' ledgers, the queues and the table with what was sent, killed and disturbed. */
export function judge(evidence: Evidence): Verdict {
  const { sent, effects, left, deadLetters, kills, faults, unanswered, seconds } = evidence
  const violations: string[] = []
  const extraEffects: ExtraEffect[] = []
  const explainer = new Explainer(evidence)
  const ledger = Map.groupBy(effects, ({ messageId }) => messageId)
  const records = new Map(evidence.records.map((record) => [record.id, record]))

  if (evidence.unreadable > 0) violations.push(`${evidence.unreadable} lines of the journals are torn.`)
  if (left > 0) violations.push(`${left} messages are still in the queue after ${Math.round(seconds)} s.`)
  for (const id of deadLetters) violations.push(`${id} went to the dead-letter queue.`)
  for (const id of ledger.keys())
    if (!sent.has(id)) violations.push(`${id} had an effect, but was never sent.`)
  for (const id of sent) {
    const own = (ledger.get(id) ?? []).toSorted((a, b) => a.time - b.time || a.fence - b.fence)
    if (own.length === 0) violations.push(`${id} was lost: it never had its effect.`)
    violations.push(...orderProblems(id, own))
    for (const [index, effect] of own.slice(0, -1).entries()) {
      const next = own[index + 1]
      if (next === undefined) continue
      const extra = explainer.explain(effect, next)
      if (typeof extra === 'string') violations.push(extra)
      else extraEffects.push(extra)
    }
    violations.push(...recordProblems(id, records.get(recordId(id)), own.at(-1)))
  }
  if (records.size !== sent.size)
    violations.push(`The table holds ${records.size} records of ${sent.size} messages.`)
  violations.push(...failureProblems(evidence), ...tooManyPerKill(extraEffects, evidence.heldByWorker))
  const ambiguous = faults.filter(({ kind }) => AMBIGUOUS.has(kind)).length
  const allowedExtra = kills.length + ambiguous + unanswered
  if (kills.length >= ENOUGH_KILLS && extraEffects.length > allowedExtra)
    violations.push(
      `${extraEffects.length} effects were repeated; kills, ambiguous faults and unanswered requests are ${allowedExtra}.`,
    )
  const memory = judgeMemory(evidence.memory, seconds)
  violations.push(...memory.violations)
  return { extraEffects, allowedExtra, memory, violations }
}

/** Fences and attempts grow from effect to effect: no older claim acts after a newer one, and no two at once. */
function orderProblems(id: string, effects: readonly Entry<'effect'>[]): string[] {
  return effects.flatMap(({ fence, attempt, startedAt }, index) => {
    const before = effects[index - 1]
    if (before === undefined) return []
    if (startedAt < before.time)
      return [
        `${id} ran twice at once: attempt ${attempt} began ${before.time - startedAt} ms before the effect of attempt ${before.attempt}.`,
      ]
    if (before.fence < fence && before.attempt < attempt) return []
    return [
      `${id} had an effect of attempt ${attempt} (fence ${fence}) after one of attempt ${before.attempt} (fence ${before.fence}).`,
    ]
  })
}

/** In the end each record is COMPLETED by the claim whose effect was the last. */
function recordProblems(
  id: string,
  record: FinalRecord | undefined,
  last: Entry<'effect'> | undefined,
): string[] {
  if (record === undefined) return [`${id} has no record.`]
  const { status, fence, attempts, leaseUntil } = record
  if (status !== 'COMPLETED')
    return [`The record of ${id} is ${status}${leaseUntil ? ', with a lease' : ''}.`]
  if (leaseUntil !== undefined) return [`The record of ${id} is COMPLETED and still has a lease.`]
  if (last === undefined) return [`The record of ${id} is COMPLETED, but it had no effect.`]
  if (fence === last.fence && attempts === last.attempt) return []
  return [
    `${id} was completed by attempt ${attempts} (fence ${fence}), but its last effect is of attempt ${last.attempt} (fence ${last.fence}).`,
  ]
}

/** A worker ends by a kill and by nothing else; the function never throws. */
function failureProblems({ failedInvocations, kills }: Evidence): string[] {
  const killed = new Set(kills.map(({ pid }) => pid))
  return failedInvocations.flatMap(({ reason, error, pid }) => {
    if (reason === 'timeout') return []
    if (reason !== 'threw' && (pid === undefined ? error.includes('SIGKILL') : killed.has(pid))) return []
    return [`An invocation failed (${reason}): ${error}`]
  })
}

/** One worker holds so many messages: its death repeats no more. */
function tooManyPerKill(extraEffects: readonly ExtraEffect[], heldByWorker: number): string[] {
  const killed = extraEffects.flatMap(({ cause }) => (cause.kind === 'killed' ? [cause.kill] : []))
  return [...Map.groupBy(killed, (kill) => kill)]
    .filter(([, repeated]) => repeated.length > heldByWorker)
    .map(([{ pid }, repeated]) => `${repeated.length} effects of worker ${pid} were repeated after one kill.`)
}
