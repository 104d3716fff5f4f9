import { deriveId } from '../../src/protocol/key.ts'
import { FUNCTION_NAME } from './settings.ts'

const RECORD_ID = new RegExp(`${FUNCTION_NAME}#[A-Za-z0-9_-]{43}`, 'g')

/** Id of the record of a message: its message id is its key. */
export function recordId(messageId: string): string {
  const id = deriveId(FUNCTION_NAME, messageId)
  if (typeof id !== 'string') throw new TypeError(`Message id ${JSON.stringify(messageId)} makes no key.`)
  return id
}

/** Every record id that a request names. */
export function recordIdsIn(body: string): string[] {
  return [...new Set(body.match(RECORD_ID))]
}
