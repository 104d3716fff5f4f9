/**
 * Lambda's partial batch response: what is named comes back to the queue, the rest is deleted.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export interface SqsBatchResponse {
  batchItemFailures: { itemIdentifier: string }[]
}

/** A fresh object every time: another middleware may change what it is given. */
export function partialResponse(messageIds: readonly string[]): SqsBatchResponse {
  return { batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })) }
}
