import { messageOf, nameOf, networkCode, reasonOf } from '../store/dynamodb/failures.ts'
import { failureName } from './failure-name.ts'
import { shorten } from './shorten.ts'

const KINDS = { throttling: 'throttled', timeout: 'no answer in time' } as const

/** What kept a store from answering, in a few words: its kind, then what it said. Never throws. */
export function storeTrouble(error: unknown): string {
  try {
    const reason = reasonOf(error)
    const kind = reason ? KINDS[reason] : (networkCode(error) ?? (nameOf(error) || failureName(error)))
    const message = messageOf(error)
    return message ? `${kind}: ${shorten(message)}` : kind
  } catch {
    return 'Error'
  }
}
