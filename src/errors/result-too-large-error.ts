import { OncekitError } from './oncekit-error.ts'

/** The result exceeds the size cap. The effect is kept and the completion recorded without its result. */
export class ResultTooLargeError extends OncekitError {
  override readonly name = 'ResultTooLargeError'
  override readonly code = 'RESULT_TOO_LARGE'

  constructor(bytes: number, maxBytes: number) {
    super(
      `The result has ${bytes} bytes; at most ${maxBytes} are stored. Return less, or raise storeResult.maxBytes.`,
    )
  }
}
