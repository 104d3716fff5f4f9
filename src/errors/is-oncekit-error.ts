import type { OncekitError, OncekitErrorCode } from './oncekit-error.ts'

/** A type that must list every code once: a code added to the union and not here does not compile. */
const CODES: { readonly [Code in OncekitErrorCode]: true } = {
  CONFIG: true,
  KEY_MISSING: true,
  MESSAGE_INVALID: true,
  PAYLOAD_MISMATCH: true,
  IN_PROGRESS: true,
  LEASE_LOST: true,
  POISONED: true,
  STORE_UNAVAILABLE: true,
  STORE_MISCONFIGURED: true,
  RECORD_UNKNOWN: true,
  RESULT_TOO_LARGE: true,
}

/**
 * Whether `error` is one of oncekit's, by its code instead of by class: this also recognises an error of another entry point
 * (`oncekit/testing`, `oncekit/cdk`) or of another copy of the package. With `code`, whether it is that one. Never throws.
 */
export function isOncekitError(error: unknown, code?: OncekitErrorCode): error is OncekitError {
  try {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
    return code === undefined ? Object.hasOwn(CODES, error.code) : error.code === code
  } catch {
    // A getter or a proxy of the error's own making.
    return false
  }
}
