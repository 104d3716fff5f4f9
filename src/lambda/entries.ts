import type { Batch } from '../engine/batch.ts'
import { Entry } from '../engine/entry.ts'
import { KeyMissingError } from '../errors/key-missing-error.ts'
import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { Settings } from '../options/settings.ts'
import { digest } from '../protocol/digest.ts'
import { fingerprintOfPayload, NotComparable } from '../protocol/fingerprint.ts'
import { letGo, NOTHING_ROUNDED, type Rounded, scalarProblem } from '../protocol/identity.ts'
import { unshownIn } from '../protocol/json-unshown.ts'
import { deriveId } from '../protocol/key.ts'
import type { SqsRecord } from '../protocol/sqs-record.ts'
import { keyAttribute } from './attributes.ts'
import { parseBody } from './body.ts'
import { type Opened, openEnvelope } from './envelope.ts'
import { inTime } from './in-time.ts'
import { hintOf } from './input-hints.ts'
import { optionThrew } from './option-threw.ts'
import { putInside, ReceivedRecord } from './received-message.ts'

/**
 * Parses, keys and fingerprints every record once, before any handler, from the untouched record. A record that cannot
 * be keyed, or whose body is not valid, fails alone. Where the schema or the envelope is asynchronous all records wait
 * at the same time, and what has not answered in time is not started.
 */
export async function keyRecords(batch: Batch, records: readonly SqsRecord[]): Promise<void> {
  const { settings, fifo, entries } = batch
  const later = new Map<Entry, Promise<void>>()
  for (const record of records) {
    const message = new ReceivedRecord(record)
    const group = settings.fifo === 'batch' ? undefined : message.groupId
    const entry = new Entry(message, fifo ? group : message.messageId)
    entries.push(entry)
    try {
      const opened = settings.envelope && openEnvelope(settings.envelope, record)
      const keyed =
        opened instanceof Promise
          ? opened.then((inside) => read(batch, entry, message, inside))
          : read(batch, entry, message, opened)
      // Only where something is asynchronous: a promise for each message costs more than the parsing.
      if (keyed) later.set(entry, keyed)
    } catch (error) {
      refuse(batch, entry, error)
    }
  }
  if (later.size > 0) await inTime(batch, later, refuse)
}

function refuse(batch: Batch, entry: Entry, error: unknown): void {
  batch.end(entry, error instanceof KeyMissingError ? 'key-missing' : 'invalid', error)
}

function read(
  batch: Batch,
  entry: Entry,
  message: ReceivedRecord,
  opened: Opened | undefined,
): Promise<void> | undefined {
  if (opened) putInside(message, opened)
  const text = opened?.body ?? message.record.body
  const body = parseBody(text, batch.settings.schema)
  if (body instanceof Promise)
    return body.then((value) => identify(batch, entry, message, { opened, text, body: value }))
  identify(batch, entry, message, { opened, text, body })
  return undefined
}

function identify(
  batch: Batch,
  entry: Entry,
  message: ReceivedRecord,
  {
    opened,
    text,
    body,
  }: { readonly opened: Opened | undefined; readonly text: string; readonly body: unknown },
): void {
  // It has answered too late and was reported: nothing may change any more.
  if (entry.outcome) return
  const { settings } = batch
  message.body = body
  const rounded = roundedIn(message, text, settings)
  const key = keyOf(batch, message, opened)
  const id = deriveId(settings.namespace, key, rounded)
  if (typeof id !== 'string') {
    letGo(key)
    const ofEnvelope = !settings.key && typeof settings.envelope === 'function'
    throw new KeyMissingError(id.missing, ofEnvelope ? REMEDY_INSIDE : undefined)
  }
  message.key = Array.isArray(key) ? key.join('/') : String(key)
  entry.fingerprint = fingerprintOf(settings, message, opened, { text, rounded })
  entry.id = id
}

/** Only an envelope of one's own gives a key that can be wrong where no function chooses it. */
const REMEDY_INSIDE =
  'Return a string, number, boolean or array of these, none empty, as the key or the attribute of what the `envelope` option returns, or leave it out.'

/**
 * Numbers that have lost digits by parsing, where a function of the user's chooses what identifies a message. Without one
 * its text does, or what AWS says of it.
 * @throws MessageInvalidError when an object gives a name twice, of which parsing has left one; or when an envelope of
 * one's own gave a body in which such a number was written again
 */
function roundedIn(
  { record }: ReceivedRecord,
  text: string,
  { key, fingerprint, schema, envelope }: Settings,
): Rounded {
  const selects = key || typeof fingerprint === 'function'
  const opens = typeof envelope === 'function' && text !== record.body
  if (!selects && typeof envelope !== 'function') return NOTHING_ROUNDED
  const unshown = unshownIn(text)
  // A raw body is looked at by the function itself.
  if (selects && unshown?.repeats && schema) {
    throw new MessageInvalidError(
      'an object in its body gives one name twice: which of the two identifies it cannot be known',
    )
  }
  const inside = unshown?.rounded ?? NOTHING_ROUNDED
  const outside = opens ? unshownIn(record.body)?.rounded : undefined
  if (outside === undefined) return inside
  // What the text has itself it has in full, as in a copy of what was sent.
  const problem = scalarProblem(text, new Set([...outside].filter((number) => !inside.has(number))))
  if (problem) {
    throw new MessageInvalidError(
      `the body that the \`envelope\` option returned ${problem}, or return its text as it came`,
    )
  }
  return new Set([...outside, ...inside])
}

function keyOf(batch: Batch, message: ReceivedRecord, opened: Opened | undefined): unknown {
  const { settings } = batch
  const { record } = message
  if (settings.key) {
    hint(batch, message, opened, true)
    try {
      return settings.key(message)
    } catch (error) {
      // A selector that throws (a field of undefined) found no key.
      throw new KeyMissingError(optionThrew('key', error), undefined, { thrown: error })
    }
  }
  const attribute = opened?.attributes ? opened.keyAttribute : keyAttribute(record.messageAttributes)
  hint(batch, message, opened, attribute !== undefined)
  if (typeof attribute === 'object') {
    throw new KeyMissingError(
      attribute.missing,
      'Send it as text, type String or Number, or choose the key with the `key` option.',
    )
  }
  if (attribute !== undefined) return attribute
  // Not `null` for the message's id: a field of the user's that is missing must not become another key in silence.
  return opened?.key === undefined ? message.messageId : opened.key
}

function hint(batch: Batch, { record }: ReceivedRecord, opened: Opened | undefined, hasKey: boolean): void {
  const detail = hintOf(
    batch.settings,
    opened?.body ?? record.body,
    opened?.attributes ?? record.messageAttributes,
    hasKey,
  )
  if (detail) batch.notice('key-hint', undefined, { detail })
}

function fingerprintOf(
  { fingerprint }: Settings,
  message: ReceivedRecord,
  opened: Opened | undefined,
  { text, rounded }: { readonly text: string; readonly rounded: Rounded },
): string | undefined {
  if (!fingerprint) return undefined
  if (fingerprint === 'body') return opened?.comparable === false ? undefined : digest(text)
  let payload: unknown
  try {
    payload = fingerprint(message)
    return fingerprintOfPayload(payload, rounded)
  } catch (cause) {
    letGo(payload)
    if (cause instanceof NotComparable)
      throw new MessageInvalidError(`the \`fingerprint\` option: ${cause.message}`, { cause })
    throw new MessageInvalidError(optionThrew('fingerprint', cause), { cause, thrown: cause })
  }
}
