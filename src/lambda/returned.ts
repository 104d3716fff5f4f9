import type { Batch } from '../engine/batch.ts'
import type { Settings } from '../options/settings.ts'
import type { SqsBatchResponse } from './partial-response.ts'

/** Message ids kept in mind, of a function. */
const MOST = 1_000

const REMEDY =
  'finished work comes back, is skipped and comes back again. Drop @middy/sqs-partial-batch-failure where it is used: oncekit answers itself.'

interface Told {
  /** How often this process has acknowledged a message as a duplicate, the oldest first. */
  readonly duplicates: Map<string, number>
  said: boolean
}

const functions = new WeakMap<Settings, Told>()

/**
 * Says once of a function that what it acknowledges is reported all the same: by another middleware's answer to this
 * batch, which names every message that is done.
 *
 * @param unacknowledged by this batch
 * @param leaving the answer that leaves
 */
export function tellReturned(
  batch: Batch,
  unacknowledged: readonly string[],
  { batchItemFailures }: SqsBatchResponse,
): void {
  const ours = new Set(unacknowledged)
  const reported = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  const done = batch.entries.filter(
    ({ outcome, messageId }) => outcome === 'completed' && !ours.has(messageId),
  )
  if (done.length > 0 && done.every(({ messageId }) => reported.has(messageId))) {
    say(batch, 'Another middleware reports every message that is done')
  }
}

/**
 * The same where whatever stands around the function cannot be seen: by a message that was acknowledged as a duplicate
 * twice, and is here again. SQS itself delivers an acknowledged message once more on rare occasions, but not twice.
 */
export function tellComingBack(batch: Batch): void {
  const { duplicates } = toldOf(batch.settings)
  for (const { messageId, outcome, acknowledged } of batch.entries) {
    if (outcome !== 'duplicate' || !acknowledged) continue
    const times = duplicates.get(messageId) ?? 0
    if (times === 2) say(batch, 'Messages that were acknowledged are delivered again and again')
    duplicates.set(messageId, times + 1)
  }
  for (const oldest of duplicates.keys()) {
    if (duplicates.size <= MOST) break
    duplicates.delete(oldest)
  }
}

function say({ settings }: Batch, what: string): void {
  const told = toldOf(settings)
  if (told.said) return
  told.said = true
  settings.log('warn', `${what}: ${REMEDY}`, { namespace: settings.namespace })
}

function toldOf(settings: Settings): Told {
  const known = functions.get(settings)
  if (known) return known
  const told = { duplicates: new Map<string, number>(), said: false }
  functions.set(settings, told)
  return told
}
