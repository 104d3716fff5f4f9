import { assertWindow } from '../options/window.ts'
import type { ClaimOutcome } from '../store/contract.ts'
import type { Batch } from './batch.ts'
import { claimSlice } from './claim-slice.ts'
import { coalesce, type Lead } from './coalesce.ts'
import type { Entry } from './entry.ts'
import { at, remainingOf } from './invocation.ts'
import { nextLead } from './rivals.ts'

/** Ids claimed in one call of the store: four requests of 25 beside each other, so that memory stays flat. */
export const CLAIMS_PER_CALL = 100

/** What of a batch is still to be claimed, in its order. */
export interface Claims {
  /** Messages that nobody has asked for yet. */
  left(): number
  /** Calls under way, and the messages asked for in them. */
  readonly calls: number
  readonly asked: number
  /** How long the last call took, ms; `undefined` before the first was answered. */
  readonly lastMs: number | undefined
  /**
   * Asks for the next ones, at most `CLAIMS_PER_CALL`. A store that keeps no deadline is waited for until the answer
   * must leave; then what it was asked for is reported.
   * @returns those that may run
   * @throws StoreMisconfiguredError
   */
  claim(most: number): Promise<readonly Entry[]>
}

/** The claims of a batch that is claimed already. */
export const NOTHING_LEFT: Claims = {
  left: () => 0,
  calls: 0,
  asked: 0,
  lastMs: undefined,
  claim: async () => [],
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

    async claim(most: number) {
      const slice: Lead[] = []
      while (slice.length < Math.min(most, CLAIMS_PER_CALL) && claims.left() > 0) {
        const lead = leads[next++]
        if (lead) slice.push(lead)
      }
      if (slice.length === 0) return []
      const asked = runtime.monotonic()
      claims.calls++
      claims.asked += slice.length
      try {
        const outcomes = await inTime(claimSlice(batch, slice))
        slice.forEach((lead, index) => {
          const rival = lead.rivals.length > 0 && nextLead(batch, lead, outcomes[index])
          if (rival) leads.push(rival)
        })
      } finally {
        claims.calls--
        claims.asked -= slice.length
        claims.lastMs = runtime.monotonic() - asked
      }
      return slice.flatMap(({ entry }) => (entry.granted && !entry.outcome ? [entry] : []))
    },
  }
  return claims

  async function inTime(
    answer: Promise<readonly (ClaimOutcome | undefined)[]>,
  ): Promise<readonly (ClaimOutcome | undefined)[]> {
    const { promise: late, resolve } = Promise.withResolvers<[]>()
    const cancel = at(runtime, invocation.answerBy, () => resolve([]))
    try {
      return await Promise.race([answer, late])
    } finally {
      cancel()
    }
  }
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
