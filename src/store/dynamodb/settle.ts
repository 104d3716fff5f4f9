import type { MetRecord } from '../../protocol/record.ts'
import { judgeCompletion } from '../../protocol/settlement.ts'
import type { CallContext, Settlement, SettleOutcome } from '../contract.ts'
import { nameOf } from './failures.ts'
import type { GroupWriter } from './group-writer.ts'
import { completedWrite, settleWrite } from './writes.ts'

/**
 * Settles one claim; its write may share a request with others. Repeating it is safe: the condition holds once, and the
 * own write is recognised by its owner. Never rejects.
 */
export async function settle(
  writer: GroupWriter,
  settlement: Settlement,
  context: CallContext,
): Promise<SettleOutcome> {
  const { kind, claim } = settlement
  let written = await writer.write(settleWrite(settlement), context)
  if ('failed' in written) {
    const oversized = nameOf(written.failed).startsWith('Validation')
    if (!oversized || kind !== 'complete' || settlement.result === undefined) return unknown(written.failed)
    // A completed effect never fails because of its result: when the item would be too large, the result is dropped.
    return settle(writer, { ...settlement, result: undefined }, context)
  }
  if ('old' in written) return done(settlement)
  if (kind !== 'complete') return landedBefore(settlement, written.met) ? done(settlement) : lost(written.met)
  let verdict = judgeCompletion(written.met, claim)
  if (verdict === 'absent') {
    written = await writer.write(completedWrite(settlement), context)
    if ('failed' in written) return unknown(written.failed)
    if ('old' in written) return done(settlement)
    verdict = judgeCompletion(written.met, claim)
  }
  if (verdict === 'own-completion' || verdict === 'duplicate-effect') {
    return { kind: 'completed', duplicateEffect: verdict === 'duplicate-effect' }
  }
  return verdict === 'still-ours' ? unknown(undefined) : lost(written.met)
}

/** A release that landed and lost its answer shows our owner and its status; so an extension, or a newer one did. */
function landedBefore(
  settlement: Exclude<Settlement, { kind: 'complete' }>,
  met: MetRecord | undefined,
): boolean {
  if (met?.owner !== settlement.claim.owner || met.fence !== settlement.claim.fence) return false
  switch (settlement.kind) {
    case 'release':
      return met.status === settlement.status
    case 'give-back':
      return met.status === 'FAILED'
    case 'extend':
      return met.status === 'IN_PROGRESS' && (met.leaseUntil ?? 0) >= settlement.leaseUntil
  }
}

function done({ kind }: Settlement): SettleOutcome {
  if (kind === 'complete') return { kind: 'completed', duplicateEffect: false }
  return { kind: kind === 'extend' ? 'extended' : 'released' }
}

function unknown(error: unknown): SettleOutcome {
  return { kind: 'unknown', error }
}

function lost(met: MetRecord | undefined): SettleOutcome {
  const detail =
    met === undefined ? 'the record is gone' : `the record is ${met.status} under fence ${met.fence}`
  return { kind: 'lease-lost', detail }
}
