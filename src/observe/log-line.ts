/**
 * What terminals and line readers take for more than text: control characters beyond those that JSON escapes, line ends of
 * Unicode, marks that turn the direction of writing around.
 */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

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
  }).replace(UNSAFE, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
