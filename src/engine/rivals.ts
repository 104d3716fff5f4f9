import { PayloadMismatchError } from '../errors/payload-mismatch-error.ts'
import type { ClaimOutcome } from '../store/contract.ts'
import type { Batch } from './batch.ts'
import { coalesce, type Lead } from './coalesce.ts'
import type { Entry } from './entry.ts'

/** Payloads of one key that are asked for in one batch, at most: what is left fails, and comes back. */
const ASKS_PER_KEY = 3

/**
 * What becomes of a lead's rivals once its own claim is answered: refused, or one of them leads now. The record may be
 * theirs where it is not the lead's: refused unasked, a message would never get through in the company of a wrong one.
 */
export function nextLead(batch: Batch, lead: Lead, outcome: ClaimOutcome | undefined): Lead | undefined {
  const rivals = lead.rivals.filter((entry) => !entry.outcome)
  const chosen = lead.asked < ASKS_PER_KEY ? eligible(lead.entry, rivals, outcome) : []
  const [next] = coalesce(chosen, lead.asked + 1)
  const asking = new Set(chosen)
  for (const entry of rivals) {
    if (asking.has(entry)) continue
    if (outcome && outcome.kind !== 'unavailable') batch.end(entry, 'mismatch', new PayloadMismatchError())
    else batch.end(entry, 'store-unavailable', outcome?.error)
  }
  return next
}

/** Rivals worth asking for, the likeliest first. */
function eligible(
  leader: Entry,
  rivals: readonly Entry[],
  outcome: ClaimOutcome | undefined,
): readonly Entry[] {
  if (outcome?.kind === 'mismatch') {
    const { fingerprint } = outcome
    // The store has said which payload the record is of: one more question settles it for all.
    return fingerprint === undefined ? rivals : rivals.filter((entry) => entry.fingerprint === fingerprint)
  }
  if (outcome?.kind === 'poisoned') {
    // A corrected message that was sent after the given-up one.
    return rivals
      .filter((entry) => entry.message.sentAt > leader.message.sentAt)
      .sort((a, b) => b.message.sentAt - a.message.sentAt)
  }
  return []
}
