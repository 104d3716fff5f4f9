import { reasonOf } from '../store/dynamodb/failures.ts'
import { describeError } from './described-error.ts'

/** What kept a store from answering, in a few words: its kind, then what it said. */
export function storeTrouble(error: unknown): string {
  const { name, message, code = name } = describeError(error, false)
  const reason = reasonOf(error)
  const kind = reason === 'throttling' ? 'throttled' : reason === 'timeout' ? 'no answer in time' : code
  return message ? `${kind}: ${message}` : kind
}
