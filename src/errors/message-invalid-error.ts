import { OncekitError, type RefusalOptions } from './oncekit-error.ts'

/** The body is not JSON, does not fit the schema, or an option refused it. That record alone fails; nothing runs. */
export class MessageInvalidError extends OncekitError {
  override readonly name = 'MessageInvalidError'
  override readonly code = 'MESSAGE_INVALID'

  /** See {@link RefusalOptions}. */
  declare readonly thrown?: unknown

  constructor(detail: string, options?: RefusalOptions) {
    super(`The message is not valid: ${detail}. Correct the producer or the option.`, options)
    if (options?.thrown !== undefined) this.thrown = options.thrown
  }
}
