import { ReceiveMessageCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Line } from './input.ts'

const BATCH = 10
const ATTEMPTS = 3

/** Sends every line as a message of its own; says which line each message id stands for. */
export async function sendLines(
  client: SQSClient,
  queueUrl: string,
  lines: readonly Line[],
): Promise<Map<string, Line>> {
  const sent = new Map<string, Line>()
  for (let start = 0; start < lines.length; start += BATCH) {
    let left = lines.slice(start, start + BATCH)
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const Entries = left.map(({ text, number }) => ({ Id: String(number), MessageBody: text }))
      const { Successful = [], Failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
      )
      for (const { Id, MessageId } of Successful) {
        const line = left.find(({ number }) => String(number) === Id)
        if (line && MessageId !== undefined) sent.set(MessageId, line)
      }
      if (Failed.length > 0 && attempt === ATTEMPTS) {
        throw new Error(`The queue refused line ${Failed[0]?.Id}: ${Failed[0]?.Message ?? Failed[0]?.Code}.`)
      }
      left = left.filter(({ number }) => Failed.some(({ Id }) => Id === String(number)))
    }
  }
  return sent
}

/** Message ids of everything in a dead-letter queue. */
export async function readDeadLetters(client: SQSClient, queueUrl: string): Promise<string[]> {
  const ids: string[] = []
  for (;;) {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: 0,
    })
    const { Messages = [] } = await client.send(command)
    if (Messages.length === 0) return ids
    ids.push(...Messages.map(({ MessageId }) => MessageId ?? ''))
  }
}
