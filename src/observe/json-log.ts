import type { Log } from './logger.ts'

/**
 * The default log: one JSON object per line, fields beside `level`, `message` and `timestamp` as in Lambda's own JSON
 * logs.
 *
 * @param now epoch milliseconds
 * @param write takes one line without its end
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function jsonLog(now: () => number, write: (line: string) => void): Log {
  return (level, message, fields) =>
    write(
      JSON.stringify({
        ...fields,
        level: level.toUpperCase(),
        message,
        timestamp: new Date(now()).toISOString(),
      }),
    )
}
