// The whole module, so that a Node.js without `hash` gets as far as the check of its version: a missing name would end
// the import with a SyntaxError.
// biome-ignore lint/style/noRestrictedImports: nothing but `hash` is used of it.
import * as crypto from 'node:crypto'

/** SHA-256 of a text in UTF-8: 43 characters, base64url. */
export function digest(text: string): string {
  return crypto.hash('sha256', text, 'base64url')
}
