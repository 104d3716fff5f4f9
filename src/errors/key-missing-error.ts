import { OncekitError } from './oncekit-error.ts'

/** The message has no usable idempotency key. That record alone fails; nothing runs. */
export class KeyMissingError extends OncekitError {
  override readonly name = 'KeyMissingError'

  constructor(detail: string) {
    super(
      'KEY_MISSING',
      `No idempotency key: ${detail}. A key is a non-empty string, a finite number, a boolean, or a non-empty array of these. Return one from the \`key\` option, or leave \`key\` out to use the idempotency-key message attribute or the message id.`,
    )
  }
}
