/** Every way oncekit fails that a user can act on. Closed: a new code is a minor release. */
export type OncekitErrorCode =
  | 'CONFIG'
  | 'KEY_MISSING'
  | 'MESSAGE_INVALID'
  | 'PAYLOAD_MISMATCH'
  | 'IN_PROGRESS'
  | 'LEASE_LOST'
  | 'POISONED'
  | 'STORE_UNAVAILABLE'
  | 'STORE_MISCONFIGURED'
  | 'RECORD_UNKNOWN'
  | 'RESULT_TOO_LARGE'

/** Base of all errors that oncekit throws or reports. Recognise it with {@link isOncekitError}, not by class. */
export abstract class OncekitError extends Error {
  abstract override readonly name: string
  abstract readonly code: OncekitErrorCode
}

/** What goes with an error that refuses one message. */
export interface RefusalOptions extends ErrorOptions {
  /** What the function of an option threw on it (`key`, `fingerprint`, `envelope`): the user's own error. Not a schema's. */
  readonly thrown?: unknown
}
