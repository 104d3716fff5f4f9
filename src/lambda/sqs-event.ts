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
  const records = isObject(event) ? event['Records'] : undefined
  if (!Array.isArray(records)) {
    throw new ConfigError(
      `Not an SQS event: expected an object with an array "Records", got ${describe(event)}. Connect this handler to an SQS queue by an event source mapping.`,
    )
  }
  for (const [index, record] of records.entries()) {
    const problem = problemOf(record)
    if (problem !== undefined) {
      throw new ConfigError(
        `Not an SQS event: record ${index + 1} of ${records.length} ${problem}. Nothing of this batch was run; all of it returns to its queue.`,
      )
    }
  }
  // Checked above, as far as the engine relies on it.
  return records as SqsRecord[]
}

/** A FIFO queue, by its name and by nothing else: on a standard queue a group id means fair queues. */
export function isFifo(records: readonly SqsRecord[]): boolean {
  const arn = records[0]?.eventSourceARN
  return typeof arn === 'string' && arn.endsWith('.fifo')
}

function problemOf(record: unknown): string | undefined {
  if (!isObject(record)) return `is ${render(record)}`
  const { messageId, body, eventSource } = record
  if (eventSource !== undefined && eventSource !== 'aws:sqs')
    return `comes from ${render(eventSource)}, not from SQS`
  if (typeof messageId !== 'string' || messageId === '') {
    return `has the messageId ${render(messageId)}, not a non-empty string; it is ${describe(record)}`
  }
  return typeof body === 'string' ? undefined : `has the body ${render(body)}, not a string`
}

function describe(event: unknown): string {
  if (!isObject(event) || Array.isArray(event)) return render(event)
  const names = Object.keys(event)
  if ('Records' in event) return `an object whose Records is ${render(event['Records'])}`
  return names.length === 0 ? 'an empty object' : `an object with the fields ${names.slice(0, 8).join(', ')}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
