import { digest } from './digest.ts'

/**
 * SHA-256 of a selected payload, base64url; the order of an object's keys does not matter.
 * @throws TypeError when the payload cannot be written as JSON (a cycle, a BigInt, a `toJSON` that throws)
 */
export function fingerprintOfPayload(payload: unknown): string {
  return digest(JSON.stringify(payload, sortKeys) ?? 'undefined')
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  // Entries instead of an object: integer-like names would be reordered, `__proto__` would be swallowed.
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return { '\u0000object': entries }
}
