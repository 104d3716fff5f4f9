import { OncekitError } from './oncekit-error.ts'

/** The key was used before with another payload. Nothing runs and nothing of the first payload is disclosed. */
export class PayloadMismatchError extends OncekitError {
  override readonly name = 'PayloadMismatchError'
  override readonly code = 'PAYLOAD_MISMATCH'

  constructor() {
    super(
      'The idempotency key was used before with another payload. Give different work different keys, or choose what counts as the payload with the `fingerprint` option; around a message from SNS, EventBridge or S3 there is an envelope that differs each time: the `envelope` option.',
    )
  }
}
