import { InProgressError } from '../errors/in-progress-error.ts'
import type { OncekitError } from '../errors/oncekit-error.ts'
import { PayloadMismatchError } from '../errors/payload-mismatch-error.ts'
import { PoisonedError } from '../errors/poisoned-error.ts'
import { RecordUnknownError } from '../errors/record-unknown-error.ts'
import type { BusyReason, ClaimOutcome } from '../store/contract.ts'

const BUSY: { readonly [Reason in BusyReason]: string } = {
  lease: 'under a lease',
  race: 'another claim came first',
  'clock-skew': 'whether its lease is over cannot be told before the clocks are compared',
}

/** Why a message was refused at its claim, for whoever listens; `undefined` where it was not. */
export function refusalOf(outcome: ClaimOutcome, now: number): OncekitError | undefined {
  switch (outcome.kind) {
    case 'busy': {
      const { reason, leaseUntil } = outcome
      const live = reason === 'lease' && leaseUntil !== undefined && leaseUntil > now
      return new InProgressError(
        live ? `leased for ${Math.ceil((leaseUntil - now) / 1_000)} s` : BUSY[reason],
      )
    }
    case 'mismatch':
      return new PayloadMismatchError()
    case 'poisoned': {
      // Nothing else needs it, so a store of one's own may leave it out.
      const { failure }: { readonly failure?: string } = Object(outcome.record)
      return new PoisonedError(failure)
    }
    case 'unknown-record':
      return new RecordUnknownError(outcome.detail)
    default:
      return undefined
  }
}
