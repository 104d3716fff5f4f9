import { Entry } from '../engine/entry.ts'
import { KeyMissingError } from '../errors/key-missing-error.ts'
import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import { failureName } from '../observe/failure-name.ts'
import type { Settings } from '../options/settings.ts'
import { fingerprintOfBody, fingerprintOfPayload } from '../protocol/fingerprint.ts'
import { deriveId } from '../protocol/key.ts'
import { KEY_MESSAGE_ATTRIBUTE } from '../protocol/names.ts'
import type { SqsRecord } from '../protocol/sqs-record.ts'
import { parseBody } from './body.ts'
import { ReceivedRecord } from './received-message.ts'

/** An entry, and what refuses it if it has no key or no valid body. */
export interface Keyed {
  readonly entry: Entry
  readonly refusal?: { readonly outcome: 'key-missing' | 'invalid'; readonly error: unknown }
}

/**
 * Parses, keys and fingerprints every record once, before any handler, from the untouched record. A record that cannot
 * be keyed fails alone.
 */
export async function keyRecords(
  settings: Settings,
  records: readonly SqsRecord[],
  fifo: boolean,
): Promise<Keyed[]> {
  const keyed: Keyed[] = []
  for (const record of records) {
    const group = fifo ? record.attributes?.MessageGroupId : undefined
    try {
      const body = parseBody(record.body, settings.schema)
      // Awaited only where the schema is asynchronous: a promise per message costs more than the parsing.
      keyed.push(keyOne(settings, record, body instanceof Promise ? await body : body, group))
    } catch (error) {
      const outcome = error instanceof KeyMissingError ? 'key-missing' : 'invalid'
      keyed.push({ entry: new Entry(record.messageId, undefined, group), refusal: { outcome, error } })
    }
  }
  return keyed
}

function keyOne(settings: Settings, record: SqsRecord, body: unknown, group: string | undefined): Keyed {
  const message = new ReceivedRecord(record, body)
  const key = keyOf(settings, message)
  const id = deriveId(settings.namespace, key)
  if (typeof id !== 'string') throw new KeyMissingError(id.missing)
  message.key = Array.isArray(key) ? key.join('/') : String(key)
  const fingerprint = fingerprintOf(settings, message)
  return {
    entry: new Entry(record.messageId, { messageId: record.messageId, message, id, fingerprint }, group),
  }
}

function keyOf(settings: Settings, message: ReceivedRecord): unknown {
  if (settings.key === undefined) {
    return message.record.messageAttributes?.[KEY_MESSAGE_ATTRIBUTE]?.stringValue ?? message.messageId
  }
  try {
    return settings.key(message)
  } catch (error) {
    // A selector that throws (a field of undefined) found no key.
    throw new KeyMissingError(`the \`key\` option threw ${failureName(error)}`)
  }
}

function fingerprintOf(settings: Settings, message: ReceivedRecord): string | undefined {
  const { fingerprint } = settings
  if (fingerprint === false) return undefined
  if (fingerprint === 'body') return fingerprintOfBody(message.record.body)
  try {
    const payload = fingerprint(message)
    // Every promise is written as `{}`: all payloads would be the same.
    if (payload instanceof Promise) throw new TypeError('a fingerprint must be known at once')
    return fingerprintOfPayload(payload)
  } catch (error) {
    throw new MessageInvalidError(`the \`fingerprint\` option threw ${failureName(error)}`, { cause: error })
  }
}
