/**
 * What an idempotency key and a compared payload may be made of. Identity is never taken from what a parser may have
 * rounded, nor from what does not show its whole content: two messages that differ would be one, and the second would
 * be acknowledged without having run.
 */

/** Numbers of a body that have lost digits by parsing, as they were parsed. */
export type Rounded = ReadonlySet<number>

export const NOTHING_ROUNDED: Rounded = new Set()

/**
 * What keeps a string, a number, a boolean or anything else from identifying; `undefined`: nothing does. A text is
 * looked at too: `${message.body.id}` prints a number that was rounded before.
 */
export function scalarProblem(value: unknown, rounded: Rounded): string | undefined {
  switch (typeof value) {
    case 'boolean':
      return undefined
    case 'string':
      return mentions(value, rounded)
        ? `has a number with more digits than JSON.parse keeps: ${AS_TEXT}`
        : undefined
    case 'number':
      if (!Number.isFinite(value)) return `is ${value}`
      if (Number.isInteger(value) && !Number.isSafeInteger(value))
        return `is a whole number beyond ${Number.MAX_SAFE_INTEGER}, where JSON.parse rounds: ${AS_TEXT}`
      return rounded.has(value) ? `has more digits than JSON.parse keeps: ${AS_TEXT}` : undefined
    default:
      return `is ${kindOf(value)}`
  }
}

const AS_TEXT = 'send it as text'

/**
 * Whether a text has one of these numbers in it, whole: not inside of a longer row of digits. By the text's own rows of
 * digits, so that a message of thousands of such numbers and thousands of texts takes no longer than it is long.
 */
function mentions(text: string, rounded: Rounded): boolean {
  // Nearly always nothing was rounded.
  if (rounded.size === 0) return false
  const spelled = spellingsOf(rounded)
  for (const word of WORDS) if (spelled.has(word) && text.includes(word)) return true
  const starts: number[] = []
  for (const { 0: digits, index } of text.matchAll(/\d+/g)) {
    // A number is printed as three rows at most: whole, fraction, exponent.
    if (starts.push(index) > 3) starts.shift()
    const end = index + digits.length
    for (const start of starts) {
      if (spelled.has(text.slice(start, end))) return true
      if (text[start - 1] === '-' && spelled.has(text.slice(start - 1, end))) return true
    }
  }
  return false
}

/** What is printed for a number beyond all: by itself, and by JSON. */
const WORDS = ['Infinity', 'null']

const spellings = new WeakMap<Rounded, ReadonlySet<string>>()

/** How numbers are printed. */
function spellingsOf(rounded: Rounded): ReadonlySet<string> {
  let all = spellings.get(rounded)
  if (all === undefined) {
    all = new Set(Array.from(rounded, spellingsOfOne).flat())
    spellings.set(rounded, all)
  }
  return all
}

function spellingsOfOne(number: number): readonly string[] {
  if (!Number.isFinite(number)) return WORDS
  // As BigInt and toFixed print it, all digits instead of the fewest that tell it from others.
  return Number.isInteger(number) ? [String(number), String(BigInt(number))] : [String(number)]
}

/** What a value is, in words: `undefined`, `of type bigint`, `of type Map`. Never what is in it. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  try {
    if (isThenable(value)) return 'a promise, not what it resolves to'
    if (typeof value !== 'object' || isPlain(value)) return `of type ${typeof value}`
    const { name } = Object(value.constructor)
    if (typeof name === 'string' && /^[A-Za-z_$][\w$]{0,63}$/.test(name)) return `of type ${name}`
  } catch {
    // A proxy, or a getter of its own making.
  }
  return 'an instance of a class'
}

/** An object of nothing but its fields, of whatever realm: from a literal, from JSON, or without a prototype. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || isRoot(prototype)
}

/** `Object.prototype` of another realm: test runners run code in realms of their own. */
function isRoot(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(Object(prototype), 'isPrototypeOf')
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/**
 * Lets go of the promises in something that was refused: nobody waits for them, and the rejection of one would end the
 * process.
 */
export function letGo(refused: unknown, depth = 0): void {
  if (typeof refused !== 'object' || refused === null || depth > 3) return
  try {
    if (isThenable(refused)) Promise.resolve(refused).catch(() => {})
    else if (Array.isArray(refused) || refused instanceof Set)
      for (const one of refused) letGo(one, depth + 1)
    else if (refused instanceof Map) for (const [, one] of refused) letGo(one, depth + 1)
    else if (isPlain(refused)) for (const one of Object.values(refused)) letGo(one, depth + 1)
  } catch {
    // A proxy, or a getter of its own making.
  }
}
