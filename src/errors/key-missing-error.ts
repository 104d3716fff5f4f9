import { OncekitError } from './oncekit-error.ts'

/** The message has no usable idempotency key. That record alone fails; nothing runs. */
export class KeyMissingError extends OncekitError {
  override readonly name = 'KeyMissingError'
  override readonly code = 'KEY_MISSING'

  constructor(detail: string) {
    super(
      `No idempotency key: ${detail}. Return a string, a number, a boolean or an array of these, none empty, from the \`key\` option, or leave it out to use the idempotency-key attribute or the message id.`,
    )
  }
}
