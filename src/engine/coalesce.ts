import type { Entry } from './entry.ts'

/**
 * Records with the same key in one batch: the first leads and runs, the others follow and share its outcome. SQS may
 * deliver one message twice in a batch, and two messages may carry one key.
 *
 * @returns the leaders, in the order of the batch; followers with another payload, which must fail
 */
export function coalesce(entries: readonly Entry[]): {
  readonly leaders: Entry[]
  readonly mismatched: Entry[]
} {
  const leaderOf = new Map<string, Entry>()
  const leaders: Entry[] = []
  const mismatched: Entry[] = []
  for (const entry of entries) {
    const { delivery } = entry
    if (delivery === undefined) continue
    const redelivered = delivery.message.receiveCount > 1
    const leader = leaderOf.get(delivery.id)
    if (leader === undefined) {
      entry.redelivered = redelivered
      leaderOf.set(delivery.id, entry)
      leaders.push(entry)
    } else if (leader.delivery?.fingerprint !== delivery.fingerprint) {
      mismatched.push(entry)
    } else {
      entry.leader = leader
      leader.redelivered ||= redelivered
    }
  }
  return { leaders, mismatched }
}
