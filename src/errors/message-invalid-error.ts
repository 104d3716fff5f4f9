import { OncekitError } from './oncekit-error.ts'

/** The body is not JSON or does not fit the schema. That record alone fails; nothing runs. */
export class MessageInvalidError extends OncekitError {
  override readonly name = 'MessageInvalidError'

  constructor(detail: string, options?: ErrorOptions) {
    super(
      'MESSAGE_INVALID',
      `The message body is not valid: ${detail}. Correct the producer, or the \`schema\` option.`,
      options,
    )
  }
}
