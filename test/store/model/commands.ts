import fc from 'fast-check'
import type { ClaimRequest, HeldClaim, Settlement } from '../../../src/store/contract.ts'

/** What a property draws. Times are ms from the clock; `of` picks one of the claims made so far. */
export type Command =
  | {
      readonly kind: 'claim'
      readonly key: number
      /** Asks again what was asked before, with the same owner. */
      readonly again: boolean
      readonly of: number
      readonly payload: string | undefined
      readonly lease: number
      readonly end: number
      readonly sent: number
      readonly redelivered: boolean
      readonly beside: boolean
    }
  | {
      readonly kind: 'complete' | 'fail' | 'poison' | 'extend' | 'give-back'
      readonly of: number
      readonly end: number
      readonly lease: number
      readonly result: string | undefined
      /** Under a fence that was never granted. */
      readonly forged: boolean
    }
  | { readonly kind: 'delete'; readonly key: number }

const KEYS = 2
const key = fc.nat(KEYS - 1)
const of = fc.nat(7)
/** Around the margin, and far from it. */
const time = fc.constantFrom(-60_000, -2_001, -2_000, -1, 0, 30_000)
const end = fc.oneof({ weight: 3, arbitrary: fc.constant(3_600_000) }, { weight: 1, arbitrary: time })

const claim = fc.record({
  kind: fc.constant('claim' as const),
  key,
  again: fc.integer({ min: 0, max: 5 }).map((draw) => draw === 0),
  of,
  payload: fc.constantFrom('payload', 'payload', 'payload', 'another', undefined),
  lease: time,
  end,
  sent: time,
  redelivered: fc.boolean(),
  beside: fc.boolean(),
})
const settle = fc.record({
  kind: fc.constantFrom(
    'complete' as const,
    'complete' as const,
    'fail' as const,
    'poison' as const,
    'extend' as const,
    'give-back' as const,
  ),
  of,
  end,
  lease: time,
  result: fc.constantFrom(undefined, '"one"', '"two"'),
  forged: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
})
const remove = fc.record({ kind: fc.constant('delete' as const), key })

/** Commands that start together. */
export const round: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: claim },
    { weight: 5, arbitrary: settle },
    { weight: 1, arbitrary: remove },
  ),
  { minLength: 1, maxLength: 4 },
)

/** Rounds with the time that passes before each, ms. */
export const rounds: fc.Arbitrary<{ pass: number; commands: Command[] }[]> = fc.array(
  fc.record({ pass: fc.constantFrom(0, 0, 1, 2_500, 40_000), commands: round }),
  { minLength: 1, maxLength: 10 },
)

export function toSettlement(
  command: Extract<Command, { of: number; forged: boolean }>,
  held: HeldClaim,
  now: number,
): Settlement {
  const claim = command.forged ? { ...held, fence: held.fence + 1_000 } : held
  const expiresAt = now + command.end
  switch (command.kind) {
    case 'complete':
      return { kind: 'complete', claim, completedAt: now, expiresAt, result: command.result }
    case 'extend':
      return { kind: 'extend', claim, leaseUntil: now + command.lease, expiresAt }
    case 'give-back':
      return { kind: 'give-back', claim, expiresAt }
    default: {
      const status = command.kind === 'fail' ? 'FAILED' : 'POISONED'
      return { kind: 'release', claim, status, failure: 'Error', releasedAt: now, expiresAt }
    }
  }
}

export function toRequest(
  command: Extract<Command, { kind: 'claim' }>,
  id: string,
  owner: string,
  now: number,
): ClaimRequest {
  return {
    id,
    owner,
    fingerprint: command.payload,
    leaseUntil: now + command.lease,
    expiresAt: now + command.end,
    redelivered: command.redelivered,
    sentAt: now + command.sent,
    messageId: undefined,
    receiveCount: undefined,
  }
}
