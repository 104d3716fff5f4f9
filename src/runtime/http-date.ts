/** A `Date` header (RFC 9110, section 5.6.7) in epoch ms; `undefined` if it is none. */
export function parseHttpDate(text: string): number | undefined {
  return Date.parse(text) || undefined
}
