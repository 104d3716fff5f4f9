import type { Batch } from '../engine/batch.ts'
import { Entry } from '../engine/entry.ts'
import { KeyMissingError } from '../errors/key-missing-error.ts'
import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { Settings } from '../options/settings.ts'
import { digest } from '../protocol/digest.ts'
import { fingerprintOfPayload } from '../protocol/fingerprint.ts'
import { deriveId } from '../protocol/key.ts'
import { KEY_MESSAGE_ATTRIBUTE } from '../protocol/names.ts'
import type { SqsRecord } from '../protocol/sqs-record.ts'
import { parseBody } from './body.ts'
import { optionThrew } from './option-threw.ts'
import { ReceivedRecord } from './received-message.ts'

/**
 * Parses, keys and fingerprints every record once, before any handler, from the untouched record. A record that cannot
 * be keyed, or whose body is not valid, fails alone.
 */
export async function keyRecords(batch: Batch, records: readonly SqsRecord[]): Promise<void> {
  const { settings, fifo, entries } = batch
  for (const record of records) {
    const message = new ReceivedRecord(record)
    const group = settings.fifo === 'batch' ? undefined : message.groupId
    const entry = new Entry(message, fifo ? group : message.messageId)
    entries.push(entry)
    try {
      const body = parseBody(record.body, settings.schema)
      // Awaited only where the schema is asynchronous: a promise per message costs more than the parsing.
      message.body = body instanceof Promise ? await body : body
      const key = keyOf(settings, message)
      const id = deriveId(settings.namespace, key)
      if (typeof id !== 'string') throw new KeyMissingError(id.missing)
      message.key = Array.isArray(key) ? key.join('/') : String(key)
      entry.fingerprint = fingerprintOf(settings, message)
      entry.id = id
    } catch (error) {
      batch.end(entry, error instanceof KeyMissingError ? 'key-missing' : 'invalid', error)
    }
  }
}

function keyOf({ key }: Settings, message: ReceivedRecord): unknown {
  if (!key) {
    return message.record.messageAttributes?.[KEY_MESSAGE_ATTRIBUTE]?.stringValue ?? message.messageId
  }
  try {
    return key(message)
  } catch (error) {
    // A selector that throws (a field of undefined) found no key.
    throw new KeyMissingError(optionThrew('key', error))
  }
}

function fingerprintOf({ fingerprint }: Settings, message: ReceivedRecord): string | undefined {
  if (!fingerprint) return undefined
  if (fingerprint === 'body') return digest(message.record.body)
  try {
    const payload = fingerprint(message)
    // Every promise is written as `{}`: all payloads would be the same.
    if (payload instanceof Promise) throw new TypeError('a fingerprint must be known at once')
    return fingerprintOfPayload(payload)
  } catch (cause) {
    throw new MessageInvalidError(optionThrew('fingerprint', cause), { cause })
  }
}
