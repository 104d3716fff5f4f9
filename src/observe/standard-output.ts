/**
 * Writes a line to standard output. Not through `console`: Lambda replaces that, and wraps what goes through it in an
 * object of its own in which CloudWatch would not find the metrics.
 */
export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`)
}
