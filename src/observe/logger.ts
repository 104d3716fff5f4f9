/** Where lines go. `console` and Powertools' Logger fit; pino and bunyan, which take the fields first, are recognised. */
export interface Logger {
  info(message: string, fields: Record<string, unknown>): void
  warn(message: string, fields: Record<string, unknown>): void
  error(message: string, fields: Record<string, unknown>): void
}

/** One line of a level that every logger has. `fields.error` is an error of the user's code, as it was thrown. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void

/** How much of an error of the user's code the log shows. */
export type LogErrors = 'name' | 'message' | 'stack'
