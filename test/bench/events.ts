import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'

/** What a batch meets: in which state its messages' records are, and how the work ends. */
export const STATES = ['fresh', 'duplicates', 'one-in-ten', 'stuck', 'failing'] as const
/** Duplicates that the queue delivers for the first time, because they were sent again: nobody expects a record. */
export const SENT_AGAIN = 'sent-again'
export type State = (typeof STATES)[number] | typeof SENT_AGAIN

/** Whether the record of the message at this index is there before the batch arrives. */
export function recorded(state: State, index: number): boolean {
  return state === SENT_AGAIN || redelivered(state, index)
}

/** Whether the queue has delivered the message at this index before. */
function redelivered(state: State, index: number): boolean {
  if (state === 'duplicates' || state === 'stuck') return true
  return state === 'one-in-ten' && index % 10 === 9
}

/** How many messages of a batch must run the work; anything else is a wrong measurement. */
export function expectedRuns(state: State, size: number): number {
  if (state === 'duplicates' || state === SENT_AGAIN) return 0
  return state === 'one-in-ten' ? size - Math.floor(size / 10) : size
}

const BODY = JSON.stringify({
  orderId: 'f3a1c2d4-5b6e-47f8-9a0b-1c2d3e4f5a6b',
  customer: { id: 'c-48213', name: 'Ada Example' },
  lines: [
    { sku: 'AB-1234', quantity: 2, cents: 1999 },
    { sku: 'ZX-9876', quantity: 1, cents: 12_900 },
  ],
  currency: 'EUR',
})

export interface BatchShape {
  readonly state: State
  readonly size: number
}

/** An SQS event as Lambda hands it over; the message ids are `<batch>-<index>`. */
export function batchEvent(
  batch: string,
  { state, size }: BatchShape,
  only?: (index: number) => boolean,
): SQSEvent {
  const Records: SQSRecord[] = []
  const sentAt = String(Date.now())
  for (let index = 0; index < size; index += 1) {
    if (only && !only(index)) continue
    Records.push({
      messageId: `${batch}-${index}`,
      receiptHandle: `AQEB-${batch}-${index}`,
      body: BODY,
      attributes: {
        ApproximateReceiveCount: redelivered(state, index) ? '2' : '1',
        SentTimestamp: sentAt,
        SenderId: 'AIDAEXAMPLE',
        ApproximateFirstReceiveTimestamp: sentAt,
      },
      messageAttributes: {},
      md5OfBody: '098f6bcd4621d373cade4e832627b4f6',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:orders',
      awsRegion: 'us-east-1',
    })
  }
  return { Records }
}

const INVOCATION_MS = 120_000

/** Lambda's context with two minutes left. */
export function lambdaContext(requestId: string): Context {
  const end = performance.now() + INVOCATION_MS
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'bench',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:bench',
    memoryLimitInMB: '512',
    awsRequestId: requestId,
    logGroupName: '/aws/lambda/bench',
    logStreamName: 'bench',
    getRemainingTimeInMillis: () => Math.max(0, end - performance.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  }
}
