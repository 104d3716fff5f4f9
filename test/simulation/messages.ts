import type { Random } from './random.ts'

/** One message that a producer sends. */
export interface MessagePlan {
  readonly id: string
  readonly key: string
  readonly body: string
  readonly group: string
  /** Virtual ms after the start. */
  readonly sentAfter: number
}

/** A handful of messages, some with one key, some of them with another payload. */
export function drawMessages(random: Random, fifo: boolean, quiet: boolean): readonly MessagePlan[] {
  const messages: MessagePlan[] = []
  const count = random.pick([1, 2, 2, 3, 4, 4])
  // Two messages of one key may meet, and then one is rightly reported as busy.
  const sharing = !quiet && random.chance(300)
  const differing = random.chance(250)
  const groups = fifo ? random.between(1, 2) : 1
  const spread = random.pick([0, 0, 50, 3_000, 60_000, 7_200_000])
  for (let number = 0; number < count; number++) {
    const shared = sharing && number > 0 && random.chance(600)
    const key = shared ? `key-${random.below(number)}` : `key-${number}`
    const body = `{"key":"${key}"${shared && differing ? `,"other":${number}` : ''}}`
    messages.push({
      id: `message-${number}`,
      key,
      body,
      group: `group-${random.below(groups)}`,
      sentAfter: random.below(spread + 1),
    })
  }
  // A FIFO queue keeps the order of sending.
  if (fifo) messages.sort((one, other) => one.sentAfter - other.sentAfter)
  return messages
}

/** A large event: all at once, each with its own key. */
export function manyMessages(count: number): readonly MessagePlan[] {
  return Array.from({ length: count }, (_, number) => ({
    id: `message-${number}`,
    key: `key-${number}`,
    body: `{"key":"key-${number}"}`,
    group: 'group',
    sentAfter: 0,
  }))
}
