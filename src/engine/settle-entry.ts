import { isPermanentError } from '../errors/permanent-error.ts'
import { failureName } from '../observe/failure-name.ts'
import type { CallContext, HeldClaim, Settlement, SettleOutcome } from '../store/contract.ts'
import type { Batch } from './batch.ts'
import { requestOf } from './claim-entries.ts'
import type { Entry } from './entry.ts'
import { serializeResult } from './result.ts'

/** How a handler ended: the only thing that may settle a claim. */
export type Handled =
  | { readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly status: 'rejected'; readonly reason: unknown }

/** Settles one message whose handler has settled, and ends it. Never rejects. */
export async function settleEntry(batch: Batch, entry: Entry, handled: Handled): Promise<void> {
  entry.soFar = 'unknown-completion'
  try {
    if (handled.status === 'rejected') await release(batch, entry, handled.reason)
    else await complete(batch, entry, handled.value)
  } catch (error) {
    // A store that rejects has not confirmed anything.
    batch.end(entry, 'unknown-completion', error)
  }
}

async function complete(batch: Batch, entry: Entry, value: unknown): Promise<void> {
  const claim = entry.claim ?? (await claimLate(batch, entry))
  if (claim === undefined) return
  const { settings } = batch
  const completedAt = settings.runtime.now()
  const expiresAt = completedAt + settings.ttlMs
  const result = settings.storeResult === false ? undefined : resultText(batch, entry, value)
  const outcome = await settleWith(batch, { kind: 'complete', claim, completedAt, expiresAt, result })
  if (outcome?.kind === 'completed') {
    if (outcome.duplicateEffect) noticeOf(batch, entry, 'duplicate-effect')
    batch.end(entry, 'completed')
  } else if (outcome?.kind === 'lease-lost') batch.end(entry, 'lease-lost')
  else batch.end(entry, 'unknown-completion', outcome?.kind === 'unknown' ? outcome.error : undefined)
}

async function release(batch: Batch, entry: Entry, error: unknown): Promise<void> {
  const { settings } = batch
  const { claim } = entry
  const givenUp = claim !== undefined && (isPermanentError(error) || claim.attempt >= settings.maxAttempts)
  if (claim !== undefined) {
    const releasedAt = settings.runtime.now()
    const expiresAt = releasedAt + settings.ttlMs
    const status = givenUp ? 'POISONED' : 'FAILED'
    // Whether it lands or not, the outcome is failure: an unreleased claim comes back when its lease is over.
    await settleWith(batch, {
      kind: 'release',
      claim,
      status,
      failure: failureName(error),
      releasedAt,
      expiresAt,
    })
  }
  batch.end(entry, givenUp ? 'poisoned' : 'failed', error)
}

async function settleWith(batch: Batch, settlement: Settlement): Promise<SettleOutcome | undefined> {
  const [outcome] = await batch.store.settle([settlement], contextOf(batch))
  return outcome
}

/**
 * The effect of a message that ran without a record is done; now its record is claimed and completed. Without a
 * confirmed completion it is reported: an unknown completion is never success.
 */
async function claimLate(batch: Batch, entry: Entry): Promise<HeldClaim | undefined> {
  const { settings, store } = batch
  const { delivery } = entry
  if (delivery === undefined) return undefined
  const now = settings.runtime.now()
  const request = requestOf(entry, delivery, now + settings.leaseGraceMs, now + settings.ttlMs)
  const [outcome] = await store.claim([{ ...request, redelivered: true }], contextOf(batch))
  if (outcome?.kind === 'claimed') {
    batch.granted(entry, outcome)
    return entry.claim
  }
  if (outcome?.kind === 'duplicate') {
    noticeOf(batch, entry, 'duplicate-effect')
    batch.end(entry, 'duplicate')
  } else {
    batch.end(entry, 'unknown-completion', outcome?.kind === 'unavailable' ? outcome.error : undefined)
  }
  return undefined
}

function resultText(batch: Batch, entry: Entry, value: unknown): string | undefined {
  const { storeResult, namespace } = batch.settings
  if (storeResult === false) return undefined
  const serialized = serializeResult(value, storeResult)
  if ('text' in serialized) return serialized.text
  batch.observation.emit({
    kind: 'notice',
    notice: 'result-dropped',
    namespace,
    messageId: entry.messageId,
    id: entry.delivery?.id ?? '',
    reason: serialized.dropped,
    bytes: serialized.bytes,
    maxBytes: storeResult.maxBytes,
    error: serialized.error,
  })
  return undefined
}

function noticeOf(batch: Batch, entry: Entry, notice: 'duplicate-effect'): void {
  const { namespace } = batch.settings
  batch.observation.emit({
    kind: 'notice',
    notice,
    namespace,
    messageId: entry.messageId,
    id: entry.delivery?.id ?? '',
  })
}

function contextOf(batch: Batch): CallContext {
  const { settings, invocation, notify } = batch
  return {
    deadline: invocation.settleBy,
    marginMs: settings.marginMs,
    clockErrorMs: settings.clockErrorMs,
    notify,
  }
}
