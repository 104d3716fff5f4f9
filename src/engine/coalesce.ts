import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'

/**
 * Records with the same key in one batch: the first leads and runs, the others follow and share its outcome; those with
 * another payload fail. SQS may deliver one message twice in a batch, and two messages may carry one key.
 *
 * @returns the leaders, in the order of the batch
 */
export function coalesce(batch: Batch): Entry[] {
  const leaderOf = new Map<string | undefined, Entry>()
  for (const entry of batch.entries) {
    if (entry.outcome) continue
    const leader = leaderOf.get(entry.id)
    if (!leader) leaderOf.set(entry.id, entry)
    else if (leader.fingerprint !== entry.fingerprint) batch.end(entry, 'mismatch')
    else {
      entry.leader = leader
      leader.redelivered ||= entry.redelivered
    }
  }
  return [...leaderOf.values()]
}
