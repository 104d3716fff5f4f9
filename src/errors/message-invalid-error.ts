import { OncekitError } from './oncekit-error.ts'

/** The body is not JSON, does not fit the schema, or an option refused it. That record alone fails; nothing runs. */
export class MessageInvalidError extends OncekitError {
  override readonly name = 'MessageInvalidError'

  constructor(detail: string, options?: ErrorOptions) {
    super(
      'MESSAGE_INVALID',
      `The message is not valid: ${detail}. Correct the producer or the option.`,
      options,
    )
  }
}
