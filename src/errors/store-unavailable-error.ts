import { OncekitError } from './oncekit-error.ts'

/** The store did not answer in time, or could not. Nothing is known about the record. */
export class StoreUnavailableError extends OncekitError {
  override readonly name = 'StoreUnavailableError'
  override readonly code = 'STORE_UNAVAILABLE'

  constructor(detail: string, options?: ErrorOptions) {
    super(
      `The idempotency table cannot be used now: ${detail}. The message comes back; nothing is lost.`,
      options,
    )
  }
}
