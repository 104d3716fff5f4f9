import { contain } from './contain.ts'
import { describeError } from './described-error.ts'
import { sayBy } from './given-logger.ts'
import { logLine } from './log-line.ts'
import type { Log, LogErrors, Logger } from './logger.ts'
import { writeLine } from './standard-output.ts'

/** The log of a function: its logger's, or lines on standard output; there too what the logger cannot say. */
export function openLog(logger: Logger | false | undefined, logErrors: LogErrors, now: () => number): Log {
  if (logger === false) return () => {}
  const write: Log = (level, message, { error, ...fields }) => {
    const shown =
      error === undefined ? fields : { ...fields, error: describeError(error, logErrors === 'stack') }
    writeLine(logLine(now(), level, message, shown))
  }
  if (!logger) return write
  // Such as for an error that does not let itself be looked at: the line must not go with it.
  const say = sayBy(logger)
  return (level, message, fields) =>
    contain(
      () => say(level, message, fields),
      () => write(level, message, fields),
    )()
}
