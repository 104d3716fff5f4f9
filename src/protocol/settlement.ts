import { SCHEMA_VERSION } from './names.ts'
import type { MetRecord } from './record.ts'

/** What is left to do after a completion's condition failed, by the item that was found. */
export type CompletionVerdict =
  /** COMPLETED by us: our own write, its answer lost. Success. */
  | 'own-completion'
  /** COMPLETED by another owner: success, and the effect happened twice. */
  | 'duplicate-effect'
  /** Still our claim: the write did not land; it may be tried again. */
  | 'still-ours'
  /** Deleted meanwhile: a conditional put of a COMPLETED record decides. */
  | 'absent'
  /** Anything else: failure, touch nothing. */
  | 'lease-lost'

export function judgeCompletion(
  record: MetRecord | undefined,
  claim: { readonly owner: string; readonly fence: number },
): CompletionVerdict {
  if (record === undefined) return 'absent'
  if (record.schemaVersion !== SCHEMA_VERSION) return 'lease-lost'
  const mine = record.owner === claim.owner
  if (record.status === 'COMPLETED') return mine ? 'own-completion' : 'duplicate-effect'
  return mine && record.status === 'IN_PROGRESS' && record.fence === claim.fence ? 'still-ours' : 'lease-lost'
}
