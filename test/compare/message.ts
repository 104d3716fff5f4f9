import type { Context, SQSEvent, SQSRecord } from 'aws-lambda'

/** A message on the comparison's queue, and what became of it. */
export interface Message {
  readonly id: string
  readonly body: string
  readonly group?: string | undefined
  /** The producer's idempotency key, as a message attribute. */
  readonly stamp?: string | undefined
  /** When its producer sent it, epoch ms: the same at every delivery. */
  readonly sentAt: number
  receives: number
  /** Deleted from the queue after a success. */
  acknowledged: boolean
}

/** The next delivery of these messages, as Lambda hands it over. */
export function eventOf(messages: readonly Message[], fifo: boolean): SQSEvent {
  return { Records: messages.map((message) => recordOf(message, fifo)) }
}

function recordOf(message: Message, fifo: boolean): SQSRecord {
  message.receives += 1
  const sentAt = String(message.sentAt)
  return {
    messageId: message.id,
    receiptHandle: `handle-${message.id}-${message.receives}`,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: sentAt,
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: sentAt,
      ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
    },
    messageAttributes:
      message.stamp === undefined
        ? {}
        : { 'idempotency-key': { dataType: 'String', stringValue: message.stamp } },
    md5OfBody: '098f6bcd4621d373cade4e832627b4f6',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:orders${fifo ? '.fifo' : ''}`,
    awsRegion: 'us-east-1',
  }
}

/** @param goesOn on Managed Instances an invocation is not ended at its deadline: the time left falls below zero */
export function contextOf(functionName: string, remainingMs: number, goesOn = false): Context {
  const end = performance.now() + remainingMs
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '1',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: `request-${functionName}`,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'compare',
    getRemainingTimeInMillis: () => Math.max(goesOn ? -Infinity : 0, end - performance.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  }
}
