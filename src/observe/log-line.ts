/**
 * A line of the default log: one JSON object, fields beside `level`, `message` and `timestamp` as in Lambda's own JSON
 * logs, without a line end.
 *
 * @param now epoch milliseconds
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function logLine(
  now: number,
  level: string,
  message: string,
  fields: Record<string, unknown>,
): string {
  return JSON.stringify({
    ...fields,
    level: level.toUpperCase(),
    message,
    timestamp: new Date(now).toISOString(),
  })
}
