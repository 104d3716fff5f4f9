import { describeError } from './described-error.ts'
import { logLine } from './log-line.ts'
import type { Log, LogErrors, Logger } from './logger.ts'
import { writeLine } from './standard-output.ts'

/** The log of a function: its logger's, or lines on standard output. May throw what the logger throws. */
export function openLog(logger: Logger | false | undefined, logErrors: LogErrors, now: () => number): Log {
  if (logger === false) return () => {}
  if (!logger) {
    return (level, message, { error, ...fields }) => {
      const shown =
        error === undefined ? fields : { ...fields, error: describeError(error, logErrors === 'stack') }
      writeLine(logLine(now(), level, message, shown))
    }
  }
  return (level, message, fields) => {
    try {
      return logger[level](message, fields)
    } catch (thrown) {
      // An error that does not let itself be looked at must not take the line with it.
      const { error, ...rest } = fields
      if (error === undefined) throw thrown
      return logger[level](message, rest)
    }
  }
}
