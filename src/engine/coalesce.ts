import type { Entry } from './entry.ts'

/** One record that is asked for, and those of its key with another payload. */
export interface Lead {
  readonly entry: Entry
  readonly rivals: readonly Entry[]
  /** How often this key was asked for in this batch, this time included. */
  readonly asked: number
}

/**
 * Records with the same key in one batch: the first leads and runs, the others follow and share its outcome; those with
 * another payload are its rivals. SQS may deliver one message twice in a batch, and two messages may carry one key.
 *
 * @returns one lead for each key, in the order of the batch
 */
export function coalesce(entries: readonly Entry[], asked = 1): Lead[] {
  const leads = new Map<string | undefined, Lead & { rivals: Entry[] }>()
  for (const entry of entries) {
    if (entry.outcome) continue
    const lead = leads.get(entry.id)
    if (!lead) leads.set(entry.id, { entry, rivals: NONE, asked })
    else if (lead.entry.fingerprint === entry.fingerprint) {
      entry.leader = lead.entry
      lead.entry.redelivered ||= entry.redelivered
    } else if (lead.rivals === NONE) lead.rivals = [entry]
    else lead.rivals.push(entry)
  }
  return [...leads.values()]
}

/** Shared by all leads without rivals, which are nearly all. */
const NONE: Entry[] = []
