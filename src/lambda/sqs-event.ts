import { ConfigError } from '../errors/config-error.ts'
import { render } from '../errors/render.ts'
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
  const { Records: records } = Object(event)
  if (!Array.isArray(records)) throw notSqs('the event', event, 'Records', 'an array')
  for (const [index, record] of records.entries()) {
    const wrong = wrongField(record)
    if (wrong) throw notSqs(`record ${index + 1} of ${records.length}`, record, ...wrong)
  }
  return records
}

/** A FIFO queue, by its name and by nothing else: on a standard queue a group id means fair queues. */
export function isFifo(records: readonly SqsRecord[]): boolean {
  return String(records[0]?.eventSourceARN).endsWith('.fifo')
}

/** The first field that is not as it must be, and what it must be. */
function wrongField(record: unknown): [name: string, wanted: string] | undefined {
  const { messageId, body, eventSource = 'aws:sqs' } = Object(record)
  if (eventSource !== 'aws:sqs') return ['eventSource', '"aws:sqs"']
  if (typeof messageId !== 'string' || !messageId) return ['messageId', 'a non-empty string']
  return typeof body === 'string' ? undefined : ['body', 'a string']
}

function notSqs(what: string, value: unknown, name: string, wanted: string): ConfigError {
  const names = typeof value === 'object' ? Object.keys(Object(value)).slice(0, 8).join(', ') : ''
  const fields = names && ` with the fields ${names}`
  const given: unknown = Object(value)[name]
  // The rest is as SQS has it: only parsing puts something else in the place of the text.
  const remedy = isWarmUp(value)
    ? 'It is a call that keeps the function warm: put @middy/warmup before idempotentBatch, or around sqsHandler, with an `isWarmingUp` that knows it.'
    : name === 'body' && given !== undefined
      ? 'Something before it has parsed the body, such as the middleware @middy/sqs-json-body-parser, @middy/event-normalizer or @middy/event-batch-parser: put idempotentBatch before it, or leave it out and give the `schema` option.'
      : 'Connect the handler to an SQS queue by an event source mapping.'
  return new ConfigError(
    `Not an SQS event: "${name}" of ${what} is ${render(given)}, not ${wanted}; it is ${render(value)}${fields}. Nothing was run. ${remedy}`,
  )
}

/** What the plug-ins that keep functions warm send, which know no SQS: a source of their own, or a flag. */
function isWarmUp(event: unknown): boolean {
  const { source, warmer } = Object(event)
  return source === 'serverless-plugin-warmup' || warmer === true
}
