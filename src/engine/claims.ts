import { assertWindow } from '../options/window.ts'
import type { Batch } from './batch.ts'
import { claimSlice } from './claim-slice.ts'
import { coalesce, type Lead } from './coalesce.ts'
import type { Entry } from './entry.ts'
import { at, remainingOf } from './invocation.ts'
import { nextLead } from './rivals.ts'

/** Ids asked for at a time, so that memory stays flat: as many as are read in one request. */
export const CLAIMS_PER_CALL = 100

/** First deliveries claimed in one call of the store: one request, so that the first run while the next are claimed. */
const FRESH_PER_CALL = 25

/** What of a batch is still to be claimed, in its order. */
export interface Claims {
  /** Messages that nobody has asked for yet. */
  left(): number
  /** How often more was asked for and is not wholly answered, and the messages that are not. */
  readonly calls: number
  readonly asked: number
  /** How long the last answer took, ms; `undefined` before the first. */
  readonly lastMs: number | undefined
  /**
   * Asks for the next ones, at most `CLAIMS_PER_CALL`, and tells those that may run as they are granted. A store that
   * keeps no deadline is waited for until the answer must leave; then what it was asked for is reported.
   * @throws StoreMisconfiguredError
   */
  claim(most: number, granted?: (entries: readonly Entry[]) => void): Promise<void>
}

/** The claims of a batch that is claimed already. */
export const NOTHING_LEFT: Claims = {
  left: () => 0,
  calls: 0,
  asked: 0,
  lastMs: undefined,
  claim: async () => {},
}

/** @throws ConfigError when the window is shorter than this invocation's lease and margin */
export function openClaims(batch: Batch): Claims {
  const { settings, invocation } = batch
  const { runtime, leaseGraceMs, ttlMs, marginMs } = settings
  assertWindow(ttlMs, remainingOf(invocation, runtime) + leaseGraceMs, marginMs)
  const leads: Lead[] = coalesce(batch.entries)
  let next = 0

  const claims = {
    calls: 0,
    asked: 0,
    lastMs: undefined as number | undefined,

    left() {
      // What stands behind a record of its lane that has ended already is not asked for.
      while (leads[next]?.entry.outcome) next++
      return leads.length - next
    },

    async claim(most: number, tell: (entries: readonly Entry[]) => void = () => {}) {
      const slice: Lead[] = []
      while (slice.length < Math.min(most, CLAIMS_PER_CALL) && claims.left() > 0) {
        const lead = leads[next++]
        if (lead) slice.push(lead)
      }
      if (slice.length === 0) return
      const asked = runtime.monotonic()
      let waiting = slice.length
      claims.calls++
      claims.asked += waiting
      const ask = async (part: readonly Lead[]): Promise<void> => {
        const outcomes = await claimSlice(batch, part)
        if (waiting === 0) return
        part.forEach((lead, index) => {
          const rival = lead.rivals.length > 0 && nextLead(batch, lead, outcomes[index])
          if (rival) leads.push(rival)
        })
        waiting -= part.length
        claims.asked -= part.length
        claims.lastMs = runtime.monotonic() - asked
        tell(part.flatMap(({ entry }) => (entry.granted && !entry.outcome ? [entry] : [])))
      }
      try {
        await inTime(allOf(partsOf(slice).map(ask)))
      } finally {
        claims.calls--
        claims.asked -= waiting
        waiting = 0
        claims.lastMs = runtime.monotonic() - asked
      }
    },
  }
  return claims

  async function inTime(answer: Promise<void>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = at(runtime, invocation.answerBy, resolve)
    try {
      await Promise.race([answer, late])
    } finally {
      cancel()
    }
  }
}

/**
 * What was delivered before is read in one request, which one alone would not be: it goes with others. Of the rest each
 * request has a call of its own.
 */
function partsOf(slice: readonly Lead[]): readonly (readonly Lead[])[] {
  const seen = slice.filter(({ entry }) => entry.redelivered)
  const fresh = seen.length > 1 ? slice.filter(({ entry }) => !entry.redelivered) : slice
  const parts = seen.length > 1 ? [seen] : []
  for (let start = 0; start < fresh.length; start += FRESH_PER_CALL) {
    parts.push(fresh.slice(start, start + FRESH_PER_CALL))
  }
  return parts
}

/** Waits for all of them, whatever fails: no request may be under way when the answer leaves. */
async function allOf(calls: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(calls)) if (result.status === 'rejected') throw result.reason
}

/**
 * Claims a whole batch before its handler, as a middleware must. At most half of the time is spent on it: what is not
 * asked for by then comes back, and is not leased.
 * @throws StoreMisconfiguredError
 */
export async function claimAll(batch: Batch, claims: Claims): Promise<void> {
  const { settings, invocation } = batch
  const { runtime } = settings
  const now = runtime.monotonic()
  const until = invocation.stopAt === Infinity ? Infinity : now + (invocation.stopAt - now) / 2
  let failure: { readonly error: unknown } | undefined
  const ask = async (): Promise<void> => {
    while (!failure && runtime.monotonic() < until && claims.left() > 0) {
      try {
        await claims.claim(CLAIMS_PER_CALL)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all([ask(), ask()])
  if (failure) throw failure.error
}
