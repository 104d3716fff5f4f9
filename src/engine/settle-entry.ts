import { isPermanentError } from '../errors/permanent-error.ts'
import { failureName } from '../observe/failure-name.ts'
import type { HeldClaim, SettleOutcome } from '../store/contract.ts'
import type { Batch } from './batch.ts'
import { granted, requestOf } from './claim-batch.ts'
import type { Entry } from './entry.ts'

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
  const { runtime, ttlMs } = batch.settings
  const claim = entry.claim ?? (await claimLate(batch, entry))
  if (!claim) return
  const completedAt = runtime.now()
  const expiresAt = completedAt + ttlMs
  const result = resultText(batch, entry, value)
  const [outcome]: readonly Partial<SettleOutcome & { duplicateEffect: boolean; error: unknown }>[] =
    await batch.store.settle([{ kind: 'complete', claim, completedAt, expiresAt, result }], batch.settling)
  if (outcome?.duplicateEffect) batch.notice('duplicate-effect', entry)
  const known = outcome?.kind === 'completed' || outcome?.kind === 'lease-lost'
  batch.end(entry, known ? outcome.kind : 'unknown-completion', outcome?.error)
}

async function release(batch: Batch, entry: Entry, error: unknown): Promise<void> {
  const { runtime, ttlMs, maxAttempts } = batch.settings
  const { claim } = entry
  const givenUp = claim && (isPermanentError(error) || claim.attempt >= maxAttempts)
  if (claim) {
    const status = givenUp ? 'POISONED' : 'FAILED'
    const failure = failureName(error)
    const releasedAt = runtime.now()
    const expiresAt = releasedAt + ttlMs
    // Whether it lands or not, the outcome is failure: an unreleased claim comes back when its lease is over.
    await batch.store.settle(
      [{ kind: 'release', claim, status, failure, releasedAt, expiresAt }],
      batch.settling,
    )
  }
  batch.end(entry, givenUp ? 'poisoned' : 'failed', error)
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
  const [outcome] = await batch.store.claim([request], batch.settling)
  if (outcome?.kind === 'claimed') granted(batch, entry, outcome)
  else if (outcome?.kind === 'duplicate') {
    batch.notice('duplicate-effect', entry)
    batch.end(entry, 'duplicate')
  } else batch.end(entry, 'unknown-completion', outcome?.kind === 'unavailable' ? outcome.error : undefined)
  return entry.claim
}

/** A handler's result as it is stored. Whatever happens, the effect is done: a result that cannot be kept is dropped. */
function resultText({ settings, notice }: Batch, entry: Entry, value: unknown): string | undefined {
  const { storeResult } = settings
  if (!storeResult || value === undefined) return undefined
  const { maxBytes } = storeResult
  let bytes: number | undefined
  let error: unknown
  try {
    // `JSON.stringify` returns undefined for a function or a symbol, whatever its type says.
    const text: unknown = storeResult.serialize(value)
    if (typeof text === 'string') {
      bytes = Buffer.byteLength(text)
      if (bytes <= maxBytes) return text
    }
  } catch (thrown) {
    error = thrown
  }
  notice('result-dropped', entry, { reason: bytes ? 'too-large' : 'unserialisable', bytes, maxBytes, error })
  return undefined
}
