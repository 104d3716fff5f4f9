import { OncekitError } from './oncekit-error.ts'

/** The store did not answer in time, or could not. Nothing is known about the record. */
export class StoreUnavailableError extends OncekitError {
  override readonly name = 'StoreUnavailableError'

  constructor(detail: string, options?: ErrorOptions) {
    super(
      'STORE_UNAVAILABLE',
      `The idempotency table cannot be used now: ${detail}. The message comes back; nothing is lost.`,
      options,
    )
  }
}
