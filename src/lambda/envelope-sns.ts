import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import type { SnsEnvelope } from '../protocol/envelopes.ts'
import type { SqsMessageAttribute } from '../protocol/sqs-record.ts'
import { keyAttribute, plainAttributes } from './attributes.ts'
import { parseJson } from './body.ts'
import type { Opened } from './envelope.ts'
import { otherEnvelope } from './envelope-looks.ts'

/** @throws MessageInvalidError */
export function openSns(body: string): Opened {
  const { Type, MessageId, TopicArn, Subject, Message, Timestamp, MessageAttributes } = Object(
    parseJson(body),
  )
  if (isText(Type) && /^(Subscription|Unsubscribe)Confirmation$/.test(Type)) {
    throw new MessageInvalidError(
      `its body is a ${Type} of SNS, about the subscription and no message: open its SubscribeURL to confirm it, and delete it`,
    )
  }
  if (Type !== 'Notification' || ![MessageId, TopicArn, Message].every(isText)) {
    const remedy = otherEnvelope(body, 'SNS', 'with raw message delivery leave the option out')
    throw new MessageInvalidError(
      `its body is no notification of SNS, which the \`envelope\` option asks for; ${remedy}`,
    )
  }
  const attributes = asOfSqs(MessageAttributes)
  const envelope: SnsEnvelope = {
    messageId: MessageId,
    topicArn: TopicArn,
    subject: isText(Subject) ? Subject : undefined,
    timestamp: String(Timestamp),
  }
  return {
    body: Message,
    attributes: plainAttributes(attributes),
    keyAttribute: keyAttribute(attributes),
    // The same for each delivery of one publish, which SQS's own message id is not.
    key: MessageId,
    envelope,
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** SNS has other names for the insides of an attribute. */
function asOfSqs(given: unknown): Record<string, SqsMessageAttribute> {
  const attributes: Record<string, SqsMessageAttribute> = Object.create(null)
  for (const [name, attribute] of Object.entries(Object(given))) {
    const { Type, Value } = Object(attribute)
    attributes[name] = { dataType: Type, stringValue: Value, binaryValue: Value }
  }
  return attributes
}
