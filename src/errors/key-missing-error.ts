import { OncekitError, type RefusalOptions } from './oncekit-error.ts'

/** The message has no usable idempotency key. That record alone fails; nothing runs. */
export class KeyMissingError extends OncekitError {
  override readonly name = 'KeyMissingError'
  override readonly code = 'KEY_MISSING'

  /** See {@link RefusalOptions}. */
  declare readonly thrown?: unknown

  /** @param remedy what to do, where the `key` option has no part in it */
  constructor(
    detail: string,
    remedy = 'Return a string, number, boolean or array of these, none empty, from the `key` option, or leave it out.',
    options?: RefusalOptions,
  ) {
    super(`No idempotency key: ${detail}. ${remedy}`, options)
    if (options?.thrown !== undefined) this.thrown = options.thrown
  }
}
