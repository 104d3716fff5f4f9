/**
 * One record of an SQS event, as Lambda hands it over. Structural, so that `SQSRecord` of `@types/aws-lambda`
 * and this type are accepted in each other's place.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export interface SqsRecord {
  messageId: string
  receiptHandle: string
  body: string
  attributes: SqsRecordAttributes
  messageAttributes: { [name: string]: SqsMessageAttribute }
  md5OfBody: string
  md5OfMessageAttributes?: string
  eventSource: string
  /** Ends in `.fifo` for a FIFO queue; nothing else tells. */
  eventSourceARN: string
  awsRegion: string
}

/** System attributes: all of them strings, numbers and times included. */
export interface SqsRecordAttributes {
  ApproximateReceiveCount: string
  /** Epoch milliseconds. */
  SentTimestamp: string
  SenderId: string
  /** Epoch milliseconds. */
  ApproximateFirstReceiveTimestamp: string
  AWSTraceHeader?: string | undefined
  SequenceNumber?: string | undefined
  /** On a standard queue too: fair queues. */
  MessageGroupId?: string | undefined
  MessageDeduplicationId?: string | undefined
  DeadLetterQueueSourceArn?: string | undefined
}

/** One message attribute set by the producer. */
export interface SqsMessageAttribute {
  stringValue?: string | undefined
  /** Base64. */
  binaryValue?: string | undefined
  stringListValues?: string[] | undefined
  binaryListValues?: string[] | undefined
  /** `String`, `Number` or `Binary`, perhaps with a custom suffix such as `Number.int`. */
  dataType: string
}
