import { isOncekitError } from '../errors/is-oncekit-error.ts'
import { nameOf } from './counts.ts'
import type { MessageEvent, NoticeEvent } from './events.ts'
import { failureName } from './failure-name.ts'
import type { LogErrors } from './logger.ts'
import { LONGEST_DETAIL, shorten } from './shorten.ts'
import { storeTrouble } from './store-trouble.ts'

/** What the error of an outcome or a notice is: thrown by the user's code, said by the store, or our own refusal. */
const OF_USER = /^(failed|poisoned|late-settlement|result-dropped)$/
const OF_STORE = /^(store-unavailable|unknown-completion|store-refused|retrying|batch-denied)$/
const REFUSALS = /^(key-missing|invalid|mismatch|poisoned|lease-lost|unknown-record|result-dropped)$/

/**
 * What a line says of an error, beside its sentence. Nothing of a message's body or key, or of a schema's issues: of our own
 * errors the message alone, which quotes none of them; of the user's the error itself, which is theirs.
 */
export function aboutError(event: MessageEvent | NoticeEvent, logErrors: LogErrors): Record<string, unknown> {
  const { error } = event
  const name = nameOf(event)
  // A handler can throw nothing, too; an outcome has no error where there was none.
  if (error === undefined) return name === 'failed' ? { failure: failureName(error) } : {}
  const failure = failureName(error)
  const named = logErrors === 'name'
  const ours = isOncekitError(error)
  if (OF_USER.test(name) && !isOwnWord(event)) return named ? { failure } : { failure, error }
  if (OF_STORE.test(name) ? named && !ours : !ours || !REFUSALS.test(name)) return { failure }
  const detail = shorten(ours ? error.message : storeTrouble(error), LONGEST_DETAIL)
  // Where the function of an option threw.
  const { thrown }: { readonly thrown?: unknown } = Object(error)
  return named || thrown === undefined ? { failure, detail } : { failure, detail, error: thrown }
}

/** Told by what happened, not by the error: a handler's may carry one of our codes. */
function isOwnWord(event: MessageEvent | NoticeEvent): boolean {
  // Given up before: no claim was granted, so no handler ran.
  if (event.kind === 'message') return event.outcome === 'poisoned' && event.origin === undefined
  return event.notice === 'result-dropped' && event.reason === 'too-large'
}
