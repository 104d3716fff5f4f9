import { OncekitError } from './oncekit-error.ts'

/** The claim was taken over before it was settled. Nothing was written. */
export class LeaseLostError extends OncekitError {
  override readonly name = 'LeaseLostError'
  override readonly code = 'LEASE_LOST'

  constructor(detail: string) {
    super(`The lease was lost before the work was settled: ${detail}. Another execution owns the record now.`)
  }
}
