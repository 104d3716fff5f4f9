import { OncekitError } from './oncekit-error.ts'

/** Another execution holds the key under a live lease. */
export class InProgressError extends OncekitError {
  override readonly name = 'InProgressError'

  constructor(detail: string) {
    super('IN_PROGRESS', `The idempotency key is being worked on: ${detail}. Try again after the lease.`)
  }
}
