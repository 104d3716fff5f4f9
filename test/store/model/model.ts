import type { ClaimRequest, Settlement } from '../../../src/store/contract.ts'

/**
 * The protocol once more, as small as it goes and written apart from the code under test: one record, one step at a
 * time. What a store did at once must be explained by some order of these steps.
 */
export interface Model {
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'POISONED'
  readonly owner: string
  readonly fence: number
  readonly attempts: number
  readonly lease?: number | undefined
  readonly end: number
  readonly payload?: string | undefined
  readonly result?: string | undefined
  readonly poisonedAt?: number | undefined
}

/** The state after a step, and what the store must have said: compared as text. */
export type Step = readonly [after: Model | undefined, said: string]

export const MARGIN = 2_000
export const MAX_ATTEMPTS = 3

export function claimStep(was: Model | undefined, asked: ClaimRequest, now: number): Step {
  const { owner, leaseUntil: lease, expiresAt: end } = asked
  const run = {
    status: 'IN_PROGRESS',
    owner,
    lease,
    end,
    payload: asked.fingerprint ?? was?.payload,
  } as const
  if (!was) return [{ ...run, fence: now, attempts: 1 }, `claimed fresh ${now} 1`]
  const past = (time: number) => time + MARGIN < now
  const over = (why: string, former: number): Step => {
    const next = { ...run, fence: was.fence + 1, attempts: former + 1 }
    return [next, `claimed ${why} ${next.fence} ${next.attempts}`]
  }
  if (was.owner === owner) {
    if (was.status === 'IN_PROGRESS') return [was, `claimed own ${was.fence} ${was.attempts}`]
    if (was.status === 'POISONED') return [was, 'poisoned']
    return [was, was.status === 'COMPLETED' ? `duplicate ${was.result}` : 'busy undefined']
  }
  const leased = was.status === 'IN_PROGRESS' && was.lease !== undefined
  if (!leased && past(was.end)) return over('expired', 0)
  const mayDiffer = was.status === 'FAILED' || was.status === 'POISONED'
  if (!mayDiffer && !past(was.end) && differ(was, asked)) return [was, 'mismatch']
  if (was.status === 'COMPLETED') return [was, `duplicate ${was.result}`]
  if (was.status === 'FAILED') return over('retry', was.attempts)
  if (was.status === 'POISONED') {
    const resent = (asked.sentAt ?? 0) > (was.poisonedAt ?? 0) + MARGIN
    return resent ? over('resent', 0) : [was, 'poisoned']
  }
  if (was.lease === undefined || !past(was.lease)) return [was, `busy ${was.lease}`]
  if (was.attempts < MAX_ATTEMPTS) return over('takeover', was.attempts)
  const fence = was.fence + 1
  return [{ ...was, status: 'POISONED', owner, fence, end, lease: undefined, poisonedAt: now }, 'poisoned']
}

export function settleStep(was: Model | undefined, settlement: Settlement): Step {
  const { claim } = settlement
  const mine = was?.owner === claim.owner && was.fence === claim.fence
  const held = mine && was.status === 'IN_PROGRESS'
  if (settlement.kind === 'extend') {
    const { leaseUntil: lease, expiresAt: end } = settlement
    if (!held) return [was, 'lease-lost']
    return [(was.lease ?? 0) < lease ? { ...was, lease, end } : was, 'extended']
  }
  if (settlement.kind === 'release') {
    if (!held) return [was, mine && was.status === settlement.status ? 'released' : 'lease-lost']
    const { status, expiresAt: end, releasedAt } = settlement
    const poisonedAt = status === 'POISONED' ? releasedAt : was.poisonedAt
    return [{ ...was, status, end, lease: undefined, poisonedAt }, 'released']
  }
  if (settlement.kind === 'give-back') {
    if (!held) return [was, mine && was.status === 'FAILED' ? 'released' : 'lease-lost']
    const attempts = claim.attempt - 1
    return [{ ...was, status: 'FAILED', attempts, end: settlement.expiresAt, lease: undefined }, 'released']
  }
  const { expiresAt: end, result = was?.result } = settlement
  const { owner, fence, attempt: attempts, fingerprint: payload } = claim
  if (!was) return [{ status: 'COMPLETED', owner, fence, attempts, end, payload, result }, 'completed once']
  if (held) return [{ ...was, status: 'COMPLETED', end, result, lease: undefined }, 'completed once']
  if (was.status !== 'COMPLETED') return [was, 'lease-lost']
  return [was, was.owner === claim.owner ? 'completed once' : 'completed twice']
}

function differ(was: Model, asked: ClaimRequest): boolean {
  return was.payload !== undefined && asked.fingerprint !== undefined && was.payload !== asked.fingerprint
}
