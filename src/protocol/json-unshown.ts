import { survivesDouble } from './decimal.ts'
import { endOfString, stringAt } from './json-string.ts'

/** What a JSON text says and its parsed value no longer shows. */
export interface Unshown {
  /** Whether an object gives one name twice: of the two values only the last is left. */
  readonly repeats: boolean
  /** The numbers that have lost digits, as they were parsed. */
  readonly rounded: ReadonlySet<number>
}

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Reads a JSON text for what `JSON.parse` swallows. `undefined`: nothing, the value says all. One pass, by codes, because
 * it is made for every message; a text that is no JSON is read as far as it goes.
 */
export function unshownIn(text: string): Unshown | undefined {
  let repeats = false
  const rounded = new Set<number>()
  const outer: (Set<string> | undefined)[] = []
  /** Names of the object that the reader is in; `undefined`: in an array, or outside of all. */
  let names: Set<string> | undefined
  let atName = false
  let index = 0
  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) {
      const end = endOfString(text, index)
      if (atName && names) {
        const name = stringAt(text, index, end)
        repeats ||= names.has(name)
        names.add(name)
      } else {
        // A text that holds JSON, as an envelope's does, is parsed by whoever looks into it.
        const inner = innerJson(text, index, end)
        if (inner !== undefined) for (const number of unshownIn(inner)?.rounded ?? []) rounded.add(number)
      }
      index = end
      continue
    }
    if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, index)
      // Most need not even be cut out: up to 15 digits always survive.
      if (end - index > 15 || hasExponent(text, index, end)) {
        const number = text.slice(index, end)
        if (!survivesDouble(number)) rounded.add(Number(number))
      }
      index = end
      continue
    }
    if (isOpening(code)) {
      outer.push(names)
      names = code === OPEN_OBJECT ? new Set() : undefined
      atName = true
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      names = outer.pop()
      atName = false
    } else if (code === COMMA) atName = true
    else if (code === COLON) atName = false
    index++
  }
  // A row of digits that is no number: no JSON either.
  rounded.delete(Number.NaN)
  return repeats || rounded.size > 0 ? { repeats, rounded } : undefined
}

/** What a string says, if that begins as an object or an array does; as it mostly does at once, if it does at all. */
function innerJson(text: string, start: number, end: number): string | undefined {
  const code = text.charCodeAt(start + 1)
  if (isOpening(code)) return stringAt(text, start, end)
  // Behind spaces, a byte order mark or an escape.
  if (code !== 0x20 && code !== 0xfeff && code !== BACKSLASH) return undefined
  const inner = stringAt(text, start, end)
  return isOpening(inner.trimStart().charCodeAt(0)) ? inner : undefined
}

function endOfNumber(text: string, start: number): number {
  let index = start + 1
  while (isOfNumber(text.charCodeAt(index))) index++
  return index
}

/** A digit, `+`, `-`, `.`, `e` or `E`; not the NaN behind the end of a text. */
function isOfNumber(code: number): boolean {
  return isDigit(code) || code === MINUS || code === 0x2b || code === 0x2e || (code | 0x20) === 0x65
}

function hasExponent(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if ((text.charCodeAt(index) | 0x20) === 0x65) return true
  return false
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

function isOpening(code: number): boolean {
  return code === OPEN_OBJECT || code === OPEN_LIST
}
