import { OncekitError } from './oncekit-error.ts'

/** An option, an environment variable or the way the parts are put together is wrong. Thrown at start. */
export class ConfigError extends OncekitError {
  override readonly name = 'ConfigError'
  override readonly code = 'CONFIG'
}
