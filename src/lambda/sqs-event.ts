import { ConfigError } from '../errors/config-error.ts'
import { render } from '../options/render.ts'
import type { SqsRecord } from '../protocol/sqs-record.ts'

/** The event of an SQS event source mapping. Structural: `SQSEvent` of `@types/aws-lambda` fits. */
export interface SqsEvent {
  Records: SqsRecord[]
}

/**
 * The records of an SQS event, each with an id and a body.
 * @throws ConfigError when it is something else: nothing unread may be answered as a success, so the whole batch returns
 */
export function recordsOf(event: unknown): readonly SqsRecord[] {
  // `Object` of anything can be asked for a field.
  const records: unknown = Object(event).Records
  if (!Array.isArray(records)) {
    throw notSqs(
      `expected an object with an array "Records", got ${describe(event)}. Connect this handler to an SQS queue by an event source mapping.`,
    )
  }
  const wrong = records.findIndex((record) => problemOf(record) !== undefined)
  if (wrong >= 0) {
    throw notSqs(
      `record ${wrong + 1} of ${records.length} ${problemOf(records[wrong])}. Nothing of this batch was run; all of it returns to its queue.`,
    )
  }
  // Checked above, as far as the engine relies on it.
  return records as SqsRecord[]
}

function notSqs(problem: string): ConfigError {
  return new ConfigError(`Not an SQS event: ${problem}`)
}

/** A FIFO queue, by its name and by nothing else: on a standard queue a group id means fair queues. */
export function isFifo(records: readonly SqsRecord[]): boolean {
  return String(records[0]?.eventSourceARN).endsWith('.fifo')
}

function problemOf(record: unknown): string | undefined {
  if (!record) return `is ${render(record)}`
  const { messageId, body, eventSource = 'aws:sqs' } = Object(record)
  if (eventSource !== 'aws:sqs') return `comes from ${render(eventSource)}, not from SQS`
  if (typeof messageId !== 'string' || !messageId) {
    return `has the messageId ${render(messageId)}, not a non-empty string; it is ${describe(record)}`
  }
  return typeof body === 'string' ? undefined : `has the body ${render(body)}, not a string`
}

function describe(value: unknown): string {
  const what = render(value)
  if (what !== 'an object') return what
  const { Records: records } = Object(value)
  if (records !== undefined) return `an object whose Records is ${render(records)}`
  const names = Object.keys(Object(value)).slice(0, 8).join(', ')
  return names ? `an object with the fields ${names}` : 'an empty object'
}
