import { ENVIRONMENT } from '../../src/protocol/names.ts'
import { ttlSeconds } from '../../src/protocol/windows.ts'
import type { StoredRecord } from './read-back.ts'
import type { PairResult } from './run.ts'

/** One sentence for everything that must not be; none in a good run. */
export function problemsOf(result: PairResult): readonly string[] {
  const { pair, left } = result
  const problems = [
    ...(left > 0 ? [`${left} messages are still in the queue.`] : []),
    ...effectProblems(result),
    ...deadLetterProblems(result),
    ...recordProblems(result),
    ...orderProblems(result),
  ]
  return problems.map((problem) => `${pair.name}: ${problem}`)
}

/** Every valid order has its effect, once: nothing was killed here, so nothing may repeat. */
function effectProblems({ sent, ledger }: PairResult): string[] {
  const times = new Map<string, number>()
  for (const { order } of sent.values()) if (order) times.set(order.orderId, 0)
  const problems: string[] = []
  for (const { orderId } of ledger) {
    const before = times.get(String(orderId))
    if (before === undefined) problems.push(`${orderId} took effect, but no valid order has this id.`)
    else times.set(String(orderId), before + 1)
  }
  for (const [orderId, count] of times)
    if (count !== 1) problems.push(`${orderId} took effect ${count} times, not once.`)
  return problems
}

/**
 * In the dead-letter queue belongs what is no order, and what repeats an order id with another content than the one that
 * took effect; nothing else.
 */
function deadLetterProblems({ sent, deadLetters }: PairResult): string[] {
  const dead = new Set(deadLetters)
  const problems: string[] = []
  const bodies = new Map<string, { dead: Set<string>; done: Set<string> }>()
  for (const [messageId, { order, body }] of sent) {
    const isDead = dead.has(messageId)
    if (!order) {
      if (!isDead) problems.push(`the invalid message ${messageId} is not in the dead-letter queue.`)
      continue
    }
    const seen = bodies.get(order.orderId) ?? { dead: new Set(), done: new Set() }
    bodies.set(order.orderId, seen)
    seen[isDead ? 'dead' : 'done'].add(body)
  }
  for (const [orderId, seen] of bodies) {
    if (seen.done.size !== 1)
      problems.push(`${orderId} was acknowledged in ${seen.done.size} versions, not in one.`)
    if ([...seen.done].some((body) => seen.dead.has(body)))
      problems.push(`${orderId} is in the dead-letter queue though it is valid.`)
  }
  if (dead.size !== deadLetters.length) problems.push('a message is twice in the dead-letter queue.')
  return problems
}

/** One completed record for each order, with the window that the function was told, and its time to live. */
function recordProblems({ sent, records, pair }: PairResult): string[] {
  const orders = new Set([...sent.values()].flatMap(({ order }) => order?.orderId ?? []))
  const windowMs = Number(pair.handler.environment[ENVIRONMENT.ttl]) * 1000
  const problems = records.flatMap((record) => recordProblem(record, windowMs, pair.timeToLive) ?? [])
  if (records.length !== orders.size)
    problems.push(`${records.length} records for ${orders.size} distinct orders.`)
  return problems
}

function recordProblem(record: StoredRecord, windowMs: number, timeToLive: string): string | undefined {
  const { id, status, completedAt, expiresAt, [timeToLive]: ttl } = record
  if (status !== 'COMPLETED') return `the record ${id} is ${status}.`
  const window = Number(expiresAt) - Number(completedAt)
  if (window !== windowMs) return `the window of ${id} is ${window} ms, not ${windowMs}.`
  if (Number(ttl) !== ttlSeconds(Number(expiresAt)))
    return `the time to live of ${id}, "${timeToLive}", is ${ttl}.`
  return undefined
}

/** On a FIFO queue a customer's orders take effect in the order in which they were sent. */
function orderProblems({ pair, sent, ledger }: PairResult): string[] {
  if (!pair.queueUrl.endsWith('.fifo')) return []
  const customerOf = new Map<string, string>()
  for (const { order } of sent.values()) if (order) customerOf.set(order.orderId, order.customer.id)
  const expected = Map.groupBy(customerOf.keys(), (orderId) => customerOf.get(orderId))
  const actual = Map.groupBy(
    ledger.map(({ orderId }) => String(orderId)),
    (orderId) => customerOf.get(orderId),
  )
  return [...expected].flatMap(([customer, orderIds]) =>
    actual.get(customer)?.join() === orderIds.join()
      ? []
      : [`the orders of ${customer} took effect out of order: ${actual.get(customer)?.join(', ')}.`],
  )
}
