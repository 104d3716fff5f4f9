import type { LedgerEntry } from '../charge.ts'
import type { Line } from './input.ts'
import type { RunResult } from './run.ts'

/** A charge that was repeated, and why that is within the guarantee. */
export interface ExtraCharge {
  readonly orderId: string
  /** The charge whose completion was never recorded. */
  readonly charge: LedgerEntry
  readonly next: LedgerEntry
  readonly cause: 'killed' | 'timeout' | 'unknown-completion' | 'outlived'
  /** Epoch milliseconds; with cause `killed`. */
  readonly killedAt: number | undefined
}

export interface Verdict {
  readonly extraCharges: readonly ExtraCharge[]
  /** One sentence for everything that must not be; none in a good run. */
  readonly violations: readonly string[]
}

/** Compares the effect ledger, the dead-letter queue and the records with what was sent. */
export function check(result: RunResult): Verdict {
  const violations: string[] = []
  const extraCharges: ExtraCharge[] = []
  if (result.left > 0)
    violations.push(`${result.left} messages are still in the queue after ${Math.round(result.seconds)} s.`)
  const versions = versionsByOrder(result.lines)
  const charges = Map.groupBy(result.ledger, ({ orderId }) => orderId)
  for (const orderId of charges.keys()) {
    if (!versions.has(orderId)) violations.push(`${orderId} was charged, but no valid order has this id.`)
  }
  // Text of the version that was charged; other versions of the same order id are refused.
  const charged = new Map<string, string>()
  for (const [orderId, texts] of versions) {
    const own = (charges.get(orderId) ?? []).toSorted((a, b) => a.fence - b.fence)
    const [first] = own
    if (!first) {
      violations.push(`${orderId} was lost: it was never charged.`)
      continue
    }
    const text = result.sent.get(first.messageId)?.text
    if (text === undefined || !texts.has(text))
      violations.push(`${orderId} was charged for a message nobody sent.`)
    else charged.set(orderId, text)
    violations.push(...chargeProblems(own, result), ...statusProblem(orderId, result))
    for (const [index, charge] of own.slice(0, -1).entries()) {
      const next = own[index + 1]
      if (!next) continue
      const extra = explain(charge, next, result)
      if (typeof extra === 'string') violations.push(extra)
      else extraCharges.push(extra)
    }
  }
  violations.push(...deadLetterProblems(result, charged))
  return { extraCharges, violations }
}

/** Order id → the different texts it was sent with. */
function versionsByOrder(lines: readonly Line[]): Map<string, Set<string>> {
  const versions = new Map<string, Set<string>>()
  for (const { order, text } of lines) {
    if (order) versions.set(order.orderId, (versions.get(order.orderId) ?? new Set()).add(text))
  }
  return versions
}

function chargeProblems(charges: readonly LedgerEntry[], { sent }: RunResult): string[] {
  const problems: string[] = []
  const [first] = charges
  for (const charge of charges) {
    const { orderId, messageId, cents, chargeKey, fence, time } = charge
    const line = sent.get(messageId)
    if (line?.order?.totalCents !== cents) problems.push(`${orderId} was charged ${cents}, not its total.`)
    if (line?.text !== sent.get(first?.messageId ?? '')?.text)
      problems.push(`${orderId} was charged in two versions.`)
    if (chargeKey !== first?.chargeKey) problems.push(`${orderId} was charged under two derived keys.`)
    const before = charges[charges.indexOf(charge) - 1]
    if (before && (before.fence >= fence || before.time > time)) {
      problems.push(`${orderId} was charged by an older claim after a newer one.`)
    }
  }
  return problems
}

function statusProblem(orderId: string, { statuses, left }: RunResult): string[] {
  const status = statuses.get(orderId)
  if (status === 'COMPLETED' || left > 0) return []
  return [`The queue is empty, but the record of ${orderId} is ${status}.`]
}

function explain(charge: LedgerEntry, next: LedgerEntry, { journal }: RunResult): ExtraCharge | string {
  const { orderId, messageId, pid, time } = charge
  const invocation = journal.invocationOf(pid, messageId, time)
  const extra = { orderId, charge, next, killedAt: undefined }
  if (invocation?.statusAfterwards?.get(orderId) === 'COMPLETED') {
    return `${orderId} was charged again although its record was COMPLETED when worker ${pid} was gone.`
  }
  const { outcome } = invocation ?? {}
  if (outcome?.kind === 'failed' && invocation?.killedAt !== undefined && invocation.killedAt >= time) {
    return { ...extra, cause: 'killed', killedAt: invocation.killedAt }
  }
  if (outcome?.kind === 'failed' && outcome.reason === 'timeout') return { ...extra, cause: 'timeout' }
  if (journal.unknownCompletions.has(messageId)) return { ...extra, cause: 'unknown-completion' }
  if (journal.outlived.has(messageId)) return { ...extra, cause: 'outlived' }
  return `${orderId} was charged again, and nothing explains it: worker ${pid} was not killed after its charge.`
}

/** In the dead-letter queue belongs what is invalid, and what repeats an order id with another content; nothing else. */
function deadLetterProblems(
  { sent, deadLetters, left }: RunResult,
  charged: ReadonlyMap<string, string>,
): string[] {
  const dead = new Set(deadLetters)
  const problems: string[] = []
  for (const [messageId, { number, order, text }] of sent) {
    const belongs = order === undefined || (charged.has(order.orderId) && charged.get(order.orderId) !== text)
    if (belongs && !dead.has(messageId) && left === 0) {
      problems.push(
        `Line ${number} is ${order ? 'a second version' : 'invalid'}, but did not reach the dead-letter queue.`,
      )
    }
    if (!belongs && dead.has(messageId))
      problems.push(`Line ${number} is valid, but went to the dead-letter queue.`)
  }
  return problems
}
