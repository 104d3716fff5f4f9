import { OncekitError } from './oncekit-error.ts'

/** The message was given up. It does not run until it is sent again. */
export class PoisonedError extends OncekitError {
  override readonly name = 'PoisonedError'
  override readonly code = 'POISONED'

  constructor(failure: string | undefined) {
    super(
      `The message was given up${failure ? ` after ${failure}` : ''}. Send it again when its cause is mended: a message sent after that runs.`,
    )
  }
}
