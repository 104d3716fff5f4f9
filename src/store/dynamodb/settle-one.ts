import type { IdempotencyRecord } from '../../protocol/record.ts'
import { judgeCompletion } from '../../protocol/settlement.ts'
import type { Settlement, SettleOutcome } from '../contract.ts'
import type { Connection } from './connection.ts'
import { nameOf } from './failures.ts'
import { type Written, writeOne } from './single.ts'
import { completedWrite, settleWrite } from './writes.ts'

/** Attempts for one settlement, each with the SDK's own retries inside. */
const ATTEMPTS = 4

/**
 * Settles one claim by itself, trying again until it is known what happened or the deadline (monotonic ms) nears.
 * Repeating is safe: the condition holds once, and the own write is recognised by its owner. Never rejects.
 */
export async function settleOne(
  connection: Connection,
  settlement: Settlement,
  deadline: number,
): Promise<SettleOutcome> {
  const written = await writeOne(connection, settleWrite(settlement), deadline, ATTEMPTS)
  const oversized = 'failed' in written && nameOf(written.failed) === 'ValidationException'
  if (oversized && settlement.kind === 'complete' && settlement.result !== undefined) {
    // A completed effect never fails because of its result: when the item would be too large, the result is dropped.
    return settleOne(connection, { ...settlement, result: undefined }, deadline)
  }
  return settleWritten(connection, settlement, deadline, written)
}

/** What a settlement turns out to be, once its write has landed, met a record or failed. */
export async function settleWritten(
  connection: Connection,
  settlement: Settlement,
  deadline: number,
  written: Written,
): Promise<SettleOutcome> {
  if ('failed' in written) return { kind: 'unknown', error: written.failed }
  if ('old' in written) return done(settlement)
  const { met } = written
  if (settlement.kind !== 'complete') return landedBefore(settlement, met) ? done(settlement) : lost(met)
  const verdict = judgeCompletion(met, settlement.claim)
  if (verdict !== 'absent') return completionOutcome(verdict, met)
  const put = await writeOne(connection, completedWrite(settlement), deadline, ATTEMPTS)
  if (!('met' in put)) return 'failed' in put ? { kind: 'unknown', error: put.failed } : done(settlement)
  return completionOutcome(judgeCompletion(put.met, settlement.claim), put.met)
}

function completionOutcome(
  verdict: ReturnType<typeof judgeCompletion>,
  met: IdempotencyRecord | undefined,
): SettleOutcome {
  if (verdict === 'own-completion' || verdict === 'duplicate-effect') {
    return { kind: 'completed', duplicateEffect: verdict === 'duplicate-effect' }
  }
  return verdict === 'still-ours' ? { kind: 'unknown', error: undefined } : lost(met)
}

/** A release or an extension that landed and lost its answer shows our owner and what it was to write. */
function landedBefore(
  settlement: Exclude<Settlement, { kind: 'complete' }>,
  met: IdempotencyRecord | undefined,
): boolean {
  if (met?.owner !== settlement.claim.owner || met.fence !== settlement.claim.fence) return false
  return settlement.kind === 'release'
    ? met.status === settlement.status
    : met.leaseUntil === settlement.leaseUntil
}

function done({ kind }: Settlement): SettleOutcome {
  if (kind === 'complete') return { kind: 'completed', duplicateEffect: false }
  return { kind: kind === 'release' ? 'released' : 'extended' }
}

function lost(met: IdempotencyRecord | undefined): SettleOutcome {
  const detail =
    met === undefined ? 'the record is gone' : `the record is ${met.status} under fence ${met.fence}`
  return { kind: 'lease-lost', detail }
}
