import { OncekitError } from './oncekit-error.ts'

/** The table is missing, its key or this role's permissions are wrong, or its encryption key cannot be used. Waiting does not help. */
export class StoreMisconfiguredError extends OncekitError {
  override readonly name = 'StoreMisconfiguredError'
  override readonly code = 'STORE_MISCONFIGURED'
}
