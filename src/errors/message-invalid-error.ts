import { OncekitError } from './oncekit-error.ts'

/** The body is not JSON, does not fit the schema, or an option refused it. That record alone fails; nothing runs. */
export class MessageInvalidError extends OncekitError {
  override readonly name = 'MessageInvalidError'
  override readonly code = 'MESSAGE_INVALID'

  constructor(detail: string, options?: ErrorOptions) {
    super(`The message is not valid: ${detail}. Correct the producer or the option.`, options)
  }
}
