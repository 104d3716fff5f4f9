import type { MetRecord } from '../../protocol/record.ts'
import { judgeCompletion } from '../../protocol/settlement.ts'
import type { CallContext, Settlement, SettleOutcome } from '../contract.ts'
import { backOff } from './back-off.ts'
import type { Connection } from './connection.ts'
import { explained, misconfigured } from './explain.ts'
import { isMisconfigured, nameOf } from './failures.ts'
import type { GroupWriter } from './group-writer.ts'
import { completedWrite, settleWrite } from './writes.ts'

/** Writes of one settlement that are refused though the record is still ours, as a server's own retry may do. */
const TRIES = 3

/**
 * Settles one claim; its write may share a request with others. Repeating it is safe: the condition holds once, and the
 * own write is recognised by its owner. Never rejects.
 */
export async function settle(
  connection: Connection,
  writer: GroupWriter,
  settlement: Settlement,
  context: CallContext,
): Promise<SettleOutcome> {
  for (let tries = 1; ; tries++) {
    const written = await writer.write(settleWrite(settlement), context)
    if ('old' in written) return done(settlement)
    if ('failed' in written) {
      const oversized = nameOf(written.failed).startsWith('Validation')
      if (!oversized || settlement.kind !== 'complete' || settlement.result === undefined) {
        return unknown(connection, written.failed)
      }
      // A completed effect never fails because of its result: when the item would be too large, the result is dropped.
      return settle(connection, writer, { ...settlement, result: undefined }, context)
    }
    const outcome = await judge(connection, writer, settlement, written.met, context)
    if (outcome !== undefined) return outcome
    if (tries === TRIES || !(await backOff(connection.runtime, tries, context.deadline))) {
      return unknown(connection, new Error('The write was refused though the record is still ours.'))
    }
  }
}

/** What a refused write comes to by the record that was met. `undefined`: it is still ours, so the write did not land. */
async function judge(
  connection: Connection,
  writer: GroupWriter,
  settlement: Settlement,
  met: MetRecord | undefined,
  context: CallContext,
): Promise<SettleOutcome | undefined> {
  if (settlement.kind !== 'complete') {
    if (landedBefore(settlement, met)) return done(settlement)
    return judgeCompletion(met, settlement.claim) === 'still-ours' ? undefined : lost(met)
  }
  const verdict = judgeCompletion(met, settlement.claim)
  switch (verdict) {
    case 'own-completion':
    case 'duplicate-effect':
      return { kind: 'completed', duplicateEffect: verdict === 'duplicate-effect' }
    case 'still-ours':
      return undefined
    case 'lease-lost':
      return lost(met)
    case 'absent': {
      const written = await writer.write(completedWrite(settlement), context)
      if ('failed' in written) return unknown(connection, written.failed)
      if ('old' in written) return done(settlement)
      // Gone again already: whoever deletes it has the last word.
      return written.met === undefined
        ? lost(undefined)
        : judge(connection, writer, settlement, written.met, context)
    }
  }
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

/** Refused for a reason that waiting does not cure: said as such, so that no more effects are begun. */
function unknown({ table }: Connection, failed: unknown): SettleOutcome {
  return {
    kind: 'unknown',
    error: isMisconfigured(failed) ? misconfigured(table, failed) : explained(failed),
  }
}

function lost(met: MetRecord | undefined): SettleOutcome {
  const detail =
    met === undefined ? 'the record is gone' : `the record is ${met.status} under fence ${met.fence}`
  return { kind: 'lease-lost', detail }
}
