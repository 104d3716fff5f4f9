import type { Entry } from './entry.ts'

export interface Coalesced {
  /** One of each key, in the order of the batch. */
  readonly leaders: readonly Entry[]
  /** What has the key of a leader and another payload, with that leader. */
  readonly rivals: ReadonlyMap<Entry, Entry>
}

/**
 * Records with the same key in one batch: the first leads and runs, the others follow and share its outcome; those with
 * another payload are its rivals. SQS may deliver one message twice in a batch, and two messages may carry one key.
 */
export function coalesce(entries: readonly Entry[]): Coalesced {
  const leaderOf = new Map<string | undefined, Entry>()
  const rivals = new Map<Entry, Entry>()
  for (const entry of entries) {
    if (entry.outcome) continue
    const leader = leaderOf.get(entry.id)
    if (!leader) leaderOf.set(entry.id, entry)
    else if (leader.fingerprint !== entry.fingerprint) rivals.set(entry, leader)
    else {
      entry.leader = leader
      leader.redelivered ||= entry.redelivered
    }
  }
  return { leaders: [...leaderOf.values()], rivals }
}
