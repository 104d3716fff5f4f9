import { OncekitError } from './oncekit-error.ts'

/** The record was written by a version this one does not know. It is never overwritten. */
export class RecordUnknownError extends OncekitError {
  override readonly name = 'RecordUnknownError'
  override readonly code = 'RECORD_UNKNOWN'

  constructor(detail: string) {
    super(`The record cannot be read by this version: ${detail}. Deploy a version that knows it.`)
  }
}
