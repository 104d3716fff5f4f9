import { OncekitError } from './oncekit-error.ts'

/** Another execution holds the key under a live lease. */
export class InProgressError extends OncekitError {
  override readonly name = 'InProgressError'
  override readonly code = 'IN_PROGRESS'

  constructor(detail: string) {
    super(`The idempotency key is being worked on: ${detail}. Try again after the lease.`)
  }
}
