import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Where the package says something: an error is made, a problem is noted, a line is written at once. */
const SAYS =
  /\bnew [A-Z]\w*(?:Error|Comparable)\(|\b(?:problems|found)\.push\(|\b(?:settings\.)?log\((?=\s*')/g

export interface CallSite {
  readonly file: string
  /** The call as it is written, on one line. */
  readonly text: string
}

/** Every place of the source that says something, in the order of files and lines. */
export function callSites(): CallSite[] {
  return globSync('src/**/*.ts', { cwd: ROOT })
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted()
    .flatMap((file) => {
      const source = readFileSync(`${ROOT}${file}`, 'utf8')
      return Array.from(source.matchAll(SAYS), ({ 0: call, index }) => {
        const end = closing(source, index + call.length)
        return { file, text: source.slice(index, end).replace(/\s+/g, ' ') }
      })
    })
}

/** The index behind the parenthesis that closes the one before `from`; texts and templates are stepped over. */
function closing(source: string, from: number): number {
  // The closing mark of each thing that is open, innermost last.
  const open = [')']
  const pairs: Record<string, string> = { '(': ')', '[': ']', '{': '}', '`': '`', "'": "'", '"': '"' }
  for (let index = from; index < source.length; index++) {
    const letter = source[index] ?? ''
    const inside = open.at(-1) ?? ''
    const inText = '`\'"'.includes(inside)
    if (inText && letter === '\\') index++
    else if (letter === inside) {
      open.pop()
      if (open.length === 0) return index + 1
    } else if (inside === '`' && source.startsWith('${', index)) {
      open.push('}')
      index++
    } else if (!inText && letter in pairs) open.push(pairs[letter] ?? '')
  }
  throw new Error(`not closed: ${source.slice(from, from + 60)}`)
}
