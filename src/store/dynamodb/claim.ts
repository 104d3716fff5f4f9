import { attemptsWith, decide, dependsOnClock, isClaimable } from '../../protocol/decide.ts'
import { ATTEMPTS_EXHAUSTED, type MetRecord } from '../../protocol/record.ts'
import type { BusyReason, CallContext, ClaimOrigin, ClaimOutcome, ClaimRequest } from '../contract.ts'
import type { Connection } from './connection.ts'
import type { Write } from './write.ts'
import { giveUpWrite, insertWrite, takeOverWrite } from './writes.ts'

/** What a look at the record leads to: an answer, or one more write and what it grants if it lands. */
export type NextStep = { readonly answer: ClaimOutcome } | ClaimStep

export interface ClaimStep {
  readonly write: Write
  readonly grants: ClaimOutcome
}

/** Claims where no record is. */
export function insertStep(connection: Connection, request: ClaimRequest): ClaimStep {
  const now = connection.runtime.now()
  return { write: insertWrite(request, now), grants: granted('fresh', now, 1) }
}

/**
 * Turns an observed record into the next step. With `last`, after a lost race, nothing more is written: what could
 * be claimed is reported as busy instead, so that no claim loops without bound.
 */
export function classify(
  connection: Connection,
  request: ClaimRequest,
  record: MetRecord | undefined,
  context: CallContext,
  last: boolean,
): NextStep {
  const { owner, fingerprint, sentAt } = request
  const { marginMs, maxAttempts } = context
  const now = connection.runtime.now()
  const decision = decide(record, { owner, fingerprint, now, marginMs, sentAt, maxAttempts })
  if (decision === 'absent' || record === undefined) {
    return last ? busy(undefined, 'race') : insertStep(connection, request)
  }
  if (decision === 'exhausted') {
    if (last) return busy(record, 'race')
    if (connection.clock.isUnsure) return busy(record, 'clock-skew')
    const given = { ...record, status: 'POISONED', failure: ATTEMPTS_EXHAUSTED, poisonedAt: now }
    return { write: giveUpWrite(request, record, now), grants: { kind: 'poisoned', record: given } }
  }
  if (isClaimable(decision)) {
    if (last) return busy(record, 'race')
    if (dependsOnClock(decision) && connection.clock.isUnsure) return busy(record, 'clock-skew')
    const grants = granted(decision, record.fence + 1, attemptsWith(decision, record))
    return { write: takeOverWrite(request, record, decision), grants }
  }
  switch (decision) {
    case 'own-claim': {
      const { fence, attempts } = record
      // What the write replaced is gone with it; an attempt beyond the first may have been a takeover or a retry.
      return { answer: { ...granted(attempts > 1 ? 'takeover' : 'fresh', fence, attempts), ownWrite: true } }
    }
    case 'own-completion':
    case 'duplicate':
      return { answer: { kind: 'duplicate', record } }
    case 'mismatch':
      return { answer: { kind: 'mismatch', fingerprint: record.fingerprint } }
    case 'busy':
      return busy(record, 'lease')
    case 'poisoned':
      return { answer: { kind: 'poisoned', record } }
    case 'unknown': {
      const detail = `schemaVersion ${record.schemaVersion}, status ${JSON.stringify(record.status)}`
      return { answer: { kind: 'unknown-record', detail } }
    }
  }
}

export function granted(
  origin: ClaimOrigin,
  fence: number,
  attempt: number,
): Extract<ClaimOutcome, { kind: 'claimed' }> {
  return { kind: 'claimed', origin, fence, attempt, ownWrite: false }
}

/** Refused only for want of an answer fast enough to compare the clocks: one more look may bring it. */
export function isUnsure(connection: Connection, next: NextStep): boolean {
  if (!connection.clock.isUnsure || !('answer' in next)) return false
  return next.answer.kind === 'busy' && next.answer.reason === 'clock-skew'
}

function busy(record: MetRecord | undefined, reason: BusyReason): NextStep {
  return { answer: { kind: 'busy', leaseUntil: record?.leaseUntil, reason } }
}
