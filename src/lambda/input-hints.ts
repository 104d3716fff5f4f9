import type { Settings } from '../options/settings.ts'
import { KEY_MESSAGE_ATTRIBUTE } from '../protocol/names.ts'

/** How each source begins a body. Anchored, so that a long body is not searched. */
const ENVELOPES: readonly (readonly [pattern: RegExp, source: string, option: string])[] = [
  [/^\s*\{\s*"Type"\s*:\s*"Notification"/, 'SNS', "'sns'"],
  [/^\s*\{\s*"version"\s*:\s*"0"\s*,\s*"id"/, 'EventBridge', "'eventbridge'"],
  [/^\s*\{\s*"Records"\s*:\s*\[\s*\{\s*"eventVersion"/, 'S3', "'s3'"],
  [/^\s*\[\s*"[\w.]*S3Pointer"/, 'the SQS extended client', "'s3', or a function that fetches it"],
]

/** How any of them begins: one look for most bodies, which are none. */
const ANY_ENVELOPE = /^\s*(?:\{\s*"(?:Type|version|Records)"|\[\s*"[\w.]*S3Pointer")/

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
  if (envelope || before?.has('envelope')) return undefined
  if ((hasKey && fingerprint !== 'body') || !ANY_ENVELOPE.test(body)) return undefined
  if (!hasKey && !ANY_SPELLING_INSIDE.test(body)) return undefined
  const [, source, option] = ENVELOPES.find(([pattern]) => pattern.test(body)) ?? []
  if (source === undefined) return undefined
  const why = hasKey
    ? 'differs each time the same payload is sent, so a repeat is refused as PAYLOAD_MISMATCH'
    : `carries an ${KEY_MESSAGE_ATTRIBUTE} inside, and its messageId is the key`
  return tell(
    settings,
    'envelope',
    `A body looks like an envelope of ${source}: it ${why}. Set the option \`envelope: ${option}\`.`,
  )
}

function tell(settings: Settings, hint: Hint, sentence: string): string {
  const before = told.get(settings)
  if (before) before.add(hint)
  else told.set(settings, new Set([hint]))
  return sentence
}
