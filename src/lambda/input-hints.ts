import type { Settings } from '../options/settings.ts'
import { KEY_MESSAGE_ATTRIBUTE } from '../protocol/names.ts'
import { looksOf } from './envelope-looks.ts'

/** A name under which producers send an idempotency key: ours, and others; alone, and in quotes in a body. */
const ANY_SPELLING = /^(?:x[-_.]?)?idempotency[-_.]?key$/i
const ANY_SPELLING_INSIDE = /"(?:x[-_.]?)?idempotency[-_.]?key"/i

type Hint = 'spelling' | 'envelope'

/** What a function was told already: once is enough, whatever becomes of the hint. */
const told = new WeakMap<Settings, Set<Hint>>()

/**
 * A sentence about a message whose identity is probably not what is meant, at most one of each kind for a function:
 * where two sends of one payload cannot be recognised. The message is not refused for it.
 *
 * @param body the text that is compared: inside of its envelope where that was opened
 * @param attributes of the message, inside of its envelope where that was opened
 * @param hasKey whether its key is chosen, by the producer or by the function, and not its message id
 */
export function hintOf(
  settings: Settings,
  body: string,
  attributes: object | undefined,
  hasKey: boolean,
): string | undefined {
  const before = told.get(settings)
  const { fingerprint, envelope } = settings
  if (!hasKey && !before?.has('spelling')) {
    if (Object.keys(attributes ?? {}).some((name) => ANY_SPELLING.test(name))) {
      return tell(
        settings,
        'spelling',
        `A message has an attribute that looks like a key and is not named ${KEY_MESSAGE_ATTRIBUTE}, so it is not the key. Name it so, or give the \`key\` option.`,
      )
    }
  }
  if (before?.has('envelope') || (hasKey && fingerprint !== 'body')) return undefined
  const looks = looksOf(body)
  if (looks === undefined || (!hasKey && !ANY_SPELLING_INSIDE.test(body))) return undefined
  const what = envelope
    ? 'What the `envelope` option found looks like another envelope,'
    : 'A body looks like an envelope'
  const why = hasKey
    ? 'differs each time the same payload is sent, so a repeat is refused as PAYLOAD_MISMATCH'
    : `carries an ${KEY_MESSAGE_ATTRIBUTE} inside, and ${envelope ? 'another id' : 'its messageId'} is the key`
  const remedy = envelope
    ? 'Open both with a function as the `envelope` option.'
    : `Set the option \`envelope: ${looks.option}\`.`
  return tell(settings, 'envelope', `${what} of ${looks.source}: it ${why}. ${remedy}`)
}

function tell(settings: Settings, hint: Hint, sentence: string): string {
  const before = told.get(settings)
  if (before) before.add(hint)
  else told.set(settings, new Set([hint]))
  return sentence
}
