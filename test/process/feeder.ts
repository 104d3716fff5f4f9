import { setTimeout as sleep } from 'node:timers/promises'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { sendLines } from '../../examples/orders/demo/send.ts'
import { BACKLOG } from './settings.ts'

const AT_ONCE = 100

/** Sends messages, each with its number as body, while not too many wait and there is time (ms); adds their ids to `sent`. */
export async function feed(
  client: SQSClient,
  queueUrl: string,
  messages: number,
  timeMs: number,
  run: { readonly sent: Set<string>; readonly done: () => number; readonly signal: AbortSignal },
): Promise<void> {
  const until = performance.now() + timeMs
  for (let next = 1; next <= messages && !run.signal.aborted && performance.now() < until; ) {
    if (next - run.done() > BACKLOG) {
      await sleep(50)
      continue
    }
    const count = Math.min(AT_ONCE, messages - next + 1)
    const lines = Array.from({ length: count }, (_, index) => {
      const number = next + index
      return { number, text: String(number), order: undefined }
    })
    for (const id of (await sendLines(client, queueUrl, lines)).keys()) run.sent.add(id)
    next += count
  }
}
