// The whole module, so that a Node.js without `hash` gets as far as the check of its version: a missing name would end
// the import with a SyntaxError.
// biome-ignore lint/style/noRestrictedImports: nothing but `hash` is used of it.
import * as crypto from 'node:crypto'

/**
 * SHA-256 of a text in UTF-8: 43 characters, base64url. UTF-8 has one sign for all lone surrogates, so a text with some is
 * taken in UTF-16, behind a byte that UTF-8 never has: two that differ are two.
 */
export function digest(text: string): string {
  const bytes = text.isWellFormed() ? text : Buffer.from(`\uffff${text}`, 'utf16le')
  return crypto.hash('sha256', bytes, 'base64url')
}
