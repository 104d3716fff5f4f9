import { OncekitError } from './oncekit-error.ts'

/** The message was given up. It does not run until its record is reset or it is sent again. */
export class PoisonedError extends OncekitError {
  override readonly name = 'PoisonedError'
  override readonly code = 'POISONED'

  constructor(failure: string | undefined) {
    super(
      `The message was given up${failure ? ` after ${failure}` : ''}. Reset its record, or send it again.`,
    )
  }
}
