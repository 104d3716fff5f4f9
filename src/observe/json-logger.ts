import type { Logger } from './logger.ts'

/**
 * The default logger: one JSON object per line, fields beside `level`, `message` and `timestamp` as in Lambda's own
 * JSON logs. Says nothing below `info`.
 *
 * @param now epoch milliseconds
 * @param write takes one line without its end
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function jsonLogger(now: () => number, write: (line: string) => void): Logger {
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown>): void =>
      write(JSON.stringify({ ...fields, level, message, timestamp: new Date(now()).toISOString() }))
  return { info: at('INFO'), warn: at('WARN'), error: at('ERROR') }
}
