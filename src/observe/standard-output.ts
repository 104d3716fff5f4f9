import { writeSync } from 'node:fs'

/** Standard output took less than it was given: from then on the stream waits for it, so that no two lines mix. */
let streaming = false

/**
 * Writes a line to standard output. Not through `console`: Lambda replaces that, and wraps what goes through it in an
 * object of its own in which CloudWatch would not find the metrics. Not through `process.stdout` while the descriptor
 * takes the line: the stream costs a cold start a millisecond, and every line ten times as much.
 *
 * Where nobody reads any more (a pipe that was closed) the line is lost, and nothing else.
 */
export function writeLine(line: string): void {
  let rest = Buffer.from(`${line}\n`)
  if (!streaming) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      // Anything else than a full pipe that does not block: gone.
      if (Object(error).code !== 'EAGAIN') return
    }
    streaming = rest.length > 0
  }
  if (streaming) process.stdout.write(rest, outlive)
}

/** A stream's failure that nobody listens to ends the process. It is told here just before it is emitted. */
function outlive(error?: Error | null): void {
  if (error && process.stdout.listenerCount('error') === 0) process.stdout.once('error', () => {})
}
