import { failureName } from './failure-name.ts'
import { shorten } from './shorten.ts'

/** What the default log shows of an error: class name, message and first frames, each shortened. */
export interface DescribedError {
  readonly name: string
  readonly message?: string | undefined
  /** Such as `ECONNREFUSED`: the message of several failures in one is empty. */
  readonly code?: string | undefined
  readonly stack?: readonly string[] | undefined
}

const FRAMES = 5

/** `JSON.parse` quotes the text that it could not read, which may be a body. */
const AFTER_QUOTE = ' is not valid JSON'

/** Never throws: an error may be anything, and have getters that throw. */
export function describeError(error: unknown, withStack: boolean): DescribedError {
  const name = failureName(error)
  try {
    // `Object` of anything can be asked for a field.
    const {
      message = error,
      code,
      stack,
    }: { message?: unknown; code?: unknown; stack?: unknown } = Object(error)
    return {
      name,
      message: typeof message === 'string' ? shorten(withoutQuote(message)) : undefined,
      code: typeof code === 'string' ? shorten(code, 64) : undefined,
      stack: withStack && typeof stack === 'string' ? framesOf(stack) : undefined,
    }
  } catch {
    return { name }
  }
}

function withoutQuote(message: string): string {
  const quote = message.endsWith(AFTER_QUOTE) ? message.indexOf('"') : -1
  return quote === -1 ? message : `${message.slice(0, quote)}…${AFTER_QUOTE}`
}

/** The frames without the message before them, which may have lines of its own. */
function framesOf(stack: string): string[] {
  const lines = stack.split('\n')
  let first = lines.length
  while (first > 0 && /^ +at /.test(lines[first - 1] ?? '')) first--
  return lines.slice(first, first + FRAMES).map((line) => shorten(line.trim()))
}
