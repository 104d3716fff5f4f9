import { hash } from 'node:crypto'

/** SHA-256 of a text in UTF-8: 43 characters, base64url. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}
