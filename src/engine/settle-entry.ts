import { isOncekitError } from '../errors/is-oncekit-error.ts'
import { LeaseLostError } from '../errors/lease-lost-error.ts'
import { isPermanentError } from '../errors/permanent-error.ts'
import { ResultTooLargeError } from '../errors/result-too-large-error.ts'
import { failureName } from '../observe/failure-name.ts'
import { exactJson } from '../protocol/exact-json.ts'
import { kindOf, letGo } from '../protocol/identity.ts'
import type { HeldClaim, SettleOutcome } from '../store/contract.ts'
import type { Batch } from './batch.ts'
import { granted, requestOf } from './claim-slice.ts'
import type { Entry } from './entry.ts'

/** How a handler ended: the only thing that may settle a claim. */
export type Handled =
  | { readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly status: 'rejected'; readonly reason: unknown }

/** Settles one message whose handler has settled, and ends it. Never rejects. */
export async function settleEntry(batch: Batch, entry: Entry, handled: Handled): Promise<void> {
  const { settings, store } = batch
  const failed = handled.status === 'rejected'
  entry.soFar = 'unknown-completion'
  batch.held.delete(entry)
  try {
    const claim = entry.claim ?? (failed ? undefined : await claimLate(batch, entry))
    const now = settings.runtime.now()
    const expiresAt = now + settings.ttlMs
    if (failed) {
      const { reason } = handled
      const givenUp = claim && (isPermanentError(reason) || claim.attempt >= settings.maxAttempts)
      if (claim) {
        const status = givenUp ? 'POISONED' : 'FAILED'
        const failure = failureName(reason)
        // Whether it lands or not, the outcome is failure: an unreleased claim comes back when its lease is over.
        const [outcome] = await store.settle(
          [{ kind: 'release', claim, status, failure, releasedAt: now, expiresAt }],
          batch.settling(),
        )
        stopIfRefused(batch, outcome)
      }
      batch.end(entry, givenUp ? 'poisoned' : 'failed', reason)
    } else if (claim) {
      const result = resultText(batch, entry, handled.value)
      const [outcome] = await store.settle(
        [{ kind: 'complete', claim, completedAt: now, expiresAt, result }],
        batch.settling(),
      )
      stopIfRefused(batch, outcome)
      if (outcome?.kind === 'completed') {
        if (outcome.duplicateEffect) batch.notice('duplicate-effect', entry)
        batch.end(entry, 'completed')
      } else if (outcome?.kind === 'lease-lost')
        batch.end(entry, 'lease-lost', new LeaseLostError(outcome.detail))
      else batch.end(entry, 'unknown-completion', outcome?.kind === 'unknown' ? outcome.error : undefined)
    }
  } catch (error) {
    // A store that rejects has not confirmed anything.
    batch.end(entry, 'unknown-completion', error)
  }
}

/**
 * The effect of a message that ran without a record is done; now its record is claimed and completed. Without a
 * confirmed completion it is reported: an unknown completion is never success.
 */
async function claimLate(batch: Batch, entry: Entry): Promise<HeldClaim | undefined> {
  const { runtime, leaseGraceMs, ttlMs } = batch.settings
  const now = runtime.now()
  entry.redelivered = true
  const request = requestOf(entry, now + leaseGraceMs, now + ttlMs)
  const [outcome] = await batch.store.claim([request], batch.settling())
  if (outcome?.kind === 'claimed') {
    granted(batch, entry, outcome)
    batch.held.delete(entry)
  } else if (outcome?.kind === 'duplicate') {
    batch.notice('duplicate-effect', entry)
    batch.end(entry, 'duplicate')
  } else batch.end(entry, 'unknown-completion', outcome?.kind === 'unavailable' ? outcome.error : undefined)
  return entry.claim
}

/** Refused as misconfigured, and so will be every other: what starts now would have its effect for nothing. */
function stopIfRefused(batch: Batch, outcome: SettleOutcome | undefined): void {
  if (outcome?.kind !== 'unknown' || !isOncekitError(outcome.error, 'STORE_MISCONFIGURED')) return
  if (!batch.signal.aborted) batch.notice('store-refused', undefined, { error: outcome.error })
  batch.stop()
}

/** A handler's result as it is stored. Whatever happens, the effect is done: a result that cannot be kept is dropped. */
function resultText({ settings, notice }: Batch, entry: Entry, value: unknown): string | undefined {
  const { storeResult } = settings
  if (!storeResult || value === undefined) return undefined
  const { maxBytes, serialize } = storeResult
  try {
    const exact = serialize ? { text: serialize(value) } : exactJson(value)
    if (!('text' in exact)) {
      notice('result-dropped', entry, { reason: 'not-exact', ...exact })
      return undefined
    }
    // A serialiser of the user's may return anything.
    const text: unknown = exact.text
    if (text === undefined) return undefined
    if (typeof text !== 'string') {
      letGo(text)
      notice('result-dropped', entry, { reason: 'unserialisable', type: kindOf(text) })
      return undefined
    }
    const bytes = Buffer.byteLength(text)
    if (bytes <= maxBytes) return text
    const error = new ResultTooLargeError(bytes, maxBytes)
    notice('result-dropped', entry, { reason: 'too-large', bytes, maxBytes, error })
  } catch (error) {
    notice('result-dropped', entry, { reason: 'unserialisable', error })
  }
  return undefined
}
