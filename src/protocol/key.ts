import { digest } from './digest.ts'
import { NOTHING_ROUNDED, type Rounded, scalarProblem } from './identity.ts'
import { NAMESPACE_SEPARATOR } from './names.ts'

/** What is wrong with a key. */
export interface MissingKey {
  readonly missing: string
}

/**
 * The id of a record: `<namespace>#<base64url(SHA-256(parts))>`. Each part is written with its type and its length,
 * so that `['a', 'bc']`, `['ab', 'c']`, `'abc'` and `['abc']` are four keys, and `1` and `'1'` are two. The raw key
 * is never stored.
 *
 * @param key a non-empty string, a number, a boolean, or a non-empty array of these; `0` and `false` count
 * @param rounded numbers of the message that have lost digits: no part may be one, or have one in its text
 * @returns the id, or what is missing
 */
export function deriveId(
  namespace: string,
  key: unknown,
  rounded: Rounded = NOTHING_ROUNDED,
): string | MissingKey {
  const encoded = Array.isArray(key) ? encodeParts(key, rounded) : encodePart(key, 'the key', rounded)
  if (typeof encoded !== 'string') return encoded
  return namespace + NAMESPACE_SEPARATOR + digest(encoded)
}

function encodeParts(parts: readonly unknown[], rounded: Rounded): string | MissingKey {
  if (parts.length === 0) return { missing: 'the key is an empty array' }
  let all = `a${parts.length}:`
  // By index, not for-of over holes: a sparse array has missing parts.
  for (let index = 0; index < parts.length; index++) {
    const one = encodePart(parts[index], `part ${index + 1} of the key`, rounded)
    if (typeof one !== 'string') return one
    all += one
  }
  return all
}

function encodePart(part: unknown, what: string, rounded: Rounded): string | MissingKey {
  const problem = scalarProblem(part, rounded)
  if (problem) return { missing: `${what} ${problem}` }
  if (typeof part === 'number') {
    const digits = String(part)
    return `n${digits.length}:${digits}`
  }
  if (typeof part !== 'string') return part ? 't' : 'f'
  if (part === '') return { missing: `${what} is an empty string` }
  // A lone surrogate becomes U+FFFD in UTF-8: two keys would be one.
  if (!part.isWellFormed()) return { missing: `${what} is not well-formed Unicode` }
  return `s${part.length}:${part}`
}
