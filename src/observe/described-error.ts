import { failureName } from './failure-name.ts'
import { shorten } from './shorten.ts'

/** What the default log shows of an error: class name, message and first frames, each shortened. */
export interface DescribedError {
  readonly name: string
  readonly message?: string | undefined
  /** Such as `ECONNREFUSED`: the message of several failures in one is empty. */
  readonly code?: string | undefined
  readonly stack?: readonly string[] | undefined
  /** What it says was its cause: `fetch failed` says nothing else. */
  readonly cause?: DescribedError | undefined
  /** The first of several failures in one. */
  readonly errors?: readonly DescribedError[] | undefined
}

const FRAMES = 5

/** How many errors stand behind one another, or beside one another, at most. */
const MOST = 3

/** `JSON.parse` quotes the text that it could not read, which may be a body. */
const AFTER_QUOTE = ' is not valid JSON'

/** Never throws: an error may be anything, and have getters that throw. */
export function describeError(error: unknown, withStack: boolean, depth = 0): DescribedError {
  const name = failureName(error)
  try {
    // `Object` of anything can be asked for a field.
    const { message = wordOf(error), code, stack, cause, errors }: Described = Object(error)
    // One stack is enough: those behind it were made on the way.
    const inner = (one: unknown) => describeError(one, false, depth + 1)
    const deeper = depth < MOST
    return {
      name,
      message: typeof message === 'string' ? shorten(withoutQuote(message)) : undefined,
      code: typeof code === 'string' ? shorten(code, 64) : undefined,
      stack: withStack && typeof stack === 'string' ? framesOf(stack) : undefined,
      cause: deeper && cause !== undefined && error instanceof Error ? inner(cause) : undefined,
      errors:
        deeper && Array.isArray(errors) && error instanceof Error
          ? errors.slice(0, MOST).map(inner)
          : undefined,
    }
  } catch {
    return { name }
  }
}

interface Described {
  readonly message?: unknown
  readonly code?: unknown
  readonly stack?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
}

/** What is thrown instead of an error says all by itself, unless it is an object. */
function wordOf(thrown: unknown): string | undefined {
  return /^(string|number|boolean|bigint)$/.test(typeof thrown) ? String(thrown) : undefined
}

function withoutQuote(message: string): string {
  const quote = message.endsWith(AFTER_QUOTE) ? message.indexOf('"') : -1
  return quote === -1 ? message : `${message.slice(0, quote)}…${AFTER_QUOTE}`
}

/** The frames without the message before them, which may have lines of its own. */
function framesOf(stack: string): string[] {
  const lines = stack.trimEnd().split('\n')
  let first = lines.length
  while (first > 0 && /^ +at /.test(lines[first - 1] ?? '')) first--
  return lines.slice(first, first + FRAMES).map((line) => shorten(line.trim()))
}
