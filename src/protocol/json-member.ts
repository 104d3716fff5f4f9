import { endOfString, stringAt } from './json-string.ts'

/**
 * The text of one member of an object, as it stands in the text of the object: nothing of it is lost by parsing.
 * `undefined`: there is no such member. The last of several, as `JSON.parse` has it.
 *
 * @param json a text that `JSON.parse` takes for an object
 */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined
  let index = skipSpace(json, json.indexOf('{') + 1)
  while (json[index] === '"') {
    const end = endOfString(json, index)
    const here = stringAt(json, index, end)
    const start = skipSpace(json, json.indexOf(':', end) + 1)
    const stop = endOfValue(json, start)
    if (here === name) found = json.slice(start, stop)
    index = skipSpace(json, stop)
    if (json[index] === ',') index = skipSpace(json, index + 1)
  }
  return found
}

/**
 * The text of the first element of an array; `undefined`: it is empty.
 *
 * @param json a text that `JSON.parse` takes for an array
 */
export function firstText(json: string): string | undefined {
  const start = skipSpace(json, json.indexOf('[') + 1)
  return json[start] === ']' ? undefined : json.slice(start, endOfValue(json, start))
}

/** The end of a value: behind its last character. */
function endOfValue(json: string, start: number): number {
  let depth = 0
  let index = start
  while (index < json.length) {
    switch (json[index]) {
      case '"':
        index = endOfString(json, index)
        break
      case '{':
      case '[':
        depth++
        index++
        break
      case '}':
      case ']':
        depth--
        index++
        break
      default:
        index = depth > 0 ? index + 1 : endOfWord(json, index)
    }
    if (depth === 0) return index
  }
  return index
}

/** The end of a number, `true`, `false` or `null`. */
function endOfWord(json: string, start: number): number {
  let index = start
  while (/[^\s,\]}]/.test(json.charAt(index))) index++
  return index
}

function skipSpace(json: string, start: number): number {
  let index = start
  while (/\s/.test(json.charAt(index))) index++
  return index
}
