import { type SqsEventMessage, type SqsEventOptions, sqsEvent } from '../../src/testing/index.ts'

/** An event whose messages are 'message-1', 'message-2', … in every event anew: for tests that name them. */
export function numberedEvent(messages: readonly (SqsEventMessage | string)[], options?: SqsEventOptions) {
  const numbered = messages.map((given, index) => {
    const message = typeof given === 'string' ? { body: given } : given
    return { messageId: `message-${index + 1}`, ...message }
  })
  return sqsEvent(numbered, options)
}
