import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { S3Envelope } from '../protocol/envelopes.ts'
import { firstText, memberText } from '../protocol/json-member.ts'
import { parseJson } from './body.ts'
import type { Opened } from './envelope.ts'
import { otherEnvelope } from './envelope-looks.ts'

/** @throws MessageInvalidError */
export function openS3(body: string): Opened {
  const value = parseJson(body)
  const opened = Array.isArray(value)
    ? openPointer(value)
    : (openTest(value, body) ?? openNotification(value, body))
  if (opened) return opened
  const { Records: records } = Object(value)
  const remedy =
    Array.isArray(records) && records.length > 1
      ? `it has ${records.length} records, and a message is one piece of work: leave the option out, and let the handler take them all`
      : otherEnvelope(body, 'S3', 'leave the option out')
  throw new MessageInvalidError(
    `its body is no event notification of S3 with one record, no pointer of the SQS extended client and no s3:TestEvent, which the \`envelope\` option asks for; ${remedy}`,
  )
}

/** One record, as S3 sends them. Several in one message would be several pieces of work under one key. */
function openNotification(value: unknown, body: string): Opened | undefined {
  const { Records: records } = Object(value)
  if (!Array.isArray(records) || records.length !== 1) return undefined
  const { eventName, eventTime, awsRegion, s3 } = Object(records[0])
  const { name: bucket } = Object(Object(s3).bucket)
  const { key, versionId, eTag, size, sequencer } = Object(Object(s3).object)
  if (![eventName, bucket, key].every(isName)) return undefined
  const inside = memberText(firstText(memberText(body, 'Records') ?? '') ?? '', 's3') ?? ''
  const envelope: S3Envelope = {
    kind: 'notification',
    eventName,
    eventTime: String(eventTime),
    region: String(awsRegion),
    bucket,
    key: decoded(key),
    versionId: isName(versionId) ? versionId : undefined,
    eTag: isName(eTag) ? eTag : undefined,
    size: typeof size === 'number' ? size : undefined,
    sequencer: isName(sequencer) ? sequencer : undefined,
  }
  // S3 may deliver an event more than once; its sequencer, else its time, tells it from the next one of this object.
  const which = envelope.sequencer ?? envelope.eventTime
  return { body: inside, key: [bucket, key, envelope.versionId ?? '-', eventName, which], envelope }
}

/** The body is new for every send, even of the same payload. */
function openPointer([type, pointer]: readonly unknown[]): Opened | undefined {
  const { s3BucketName: bucket, s3Key: key } = Object(pointer)
  if (typeof type !== 'string' || !type.endsWith('S3Pointer') || ![bucket, key].every(isName))
    return undefined
  return { body: JSON.stringify(pointer), envelope: { kind: 'pointer', bucket, key }, comparable: false }
}

function openTest(value: unknown, body: string): Opened | undefined {
  const { Event: event, Bucket: bucket } = Object(value)
  if (event !== 's3:TestEvent') return undefined
  return { body, envelope: { kind: 'test', bucket: String(bucket) } }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Keys are URL-encoded in notifications, with a plus for a space. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}
