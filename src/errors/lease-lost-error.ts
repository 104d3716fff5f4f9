import { OncekitError } from './oncekit-error.ts'

/** The detail of a lease that ended while its message waited for its turn: nothing ran. */
export const NOT_BEGUN = 'it ended before the handler was started'

/** The claim was taken over before it was settled. Nothing was written. */
export class LeaseLostError extends OncekitError {
  override readonly name = 'LeaseLostError'
  override readonly code = 'LEASE_LOST'

  constructor(detail: string) {
    super(
      `The lease was lost before the work was settled: ${detail}. Another execution may own the record now.`,
    )
  }
}
