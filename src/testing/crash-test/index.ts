import { ConfigError } from '../../errors/config-error.ts'
import { manualClock } from '../manual-clock.ts'
import { type SqsEventMessage, sqsEvent } from '../sqs-event.ts'
import { type Outcome, runOnce } from './run.ts'
import type { CrashPoint, CrashReport, CrashTestOptions } from './types.ts'

/**
 * Kills a function at every call that it makes to the store, once before the call is sent and once after it has landed,
 * delivers what was not acknowledged again until nothing is left, and counts effects.
 *
 * A loss is an error: a message that left the queue without its effect. So is a message that is never acknowledged, and
 * an effect that repeats more often than the crash explains. That an effect repeats when the process dies between it and
 * its completion is in the nature of effects outside the record's table; the report names each.
 *
 * What it does not show: the network and DynamoDB (the store is a memory store), two crashes in one run, two deliveries
 * at once, the deadline. The crash is simulated inside this process: what asks neither the store nor `effect` runs on
 * after it, so only what is counted by `effect` counts.
 *
 * @example
 * await crashTest({
 *   messages: [{ body: { orderId: 'A-1' } }, { body: { orderId: 'A-2' } }],
 *   handler: ({ store, runtime, effect }) =>
 *     sqsHandler({ store, runtime, namespace: 'test' }, (message) => effect(message.messageId)),
 * })
 * @returns the runs, and the effects that a crash made happen twice
 * @throws Error that names the crash point and the messages, when something was lost, left or repeated without reason
 * @throws ConfigError when there are no messages or two have the same id
 */
export async function crashTest(options: CrashTestOptions): Promise<CrashReport> {
  // Times of the messages go by the same clock as the handler's.
  const messages = sqsEvent(options.messages.map(numbered), { now: manualClock().now() }).Records
  const ids = messages.map(({ messageId }) => messageId)
  if (ids.length === 0 || new Set(ids).size < ids.length) {
    throw new ConfigError(`crashTest needs messages with different ids, got [${ids.join(', ')}].`)
  }
  const expected = options.expected ?? ids
  const first = await runOnce(options, messages, undefined)
  const outcomes = [check(first, ids.length, expected)]
  for (const crash of crashPoints(first)) {
    outcomes.push(check(await runOnce(options, messages, crash), ids.length, expected))
  }
  const runs = outcomes.map(({ run }) => run)
  const repeated = runs.flatMap(({ crash, effects }) =>
    Object.entries(effects).flatMap(([effect, times]) =>
      crash !== undefined && times > 1 ? [{ effect, times, crash }] : [],
    ),
  )
  return { runs, repeated }
}

/** Every run has a store of its own, so that its messages may be counted from one. */
function numbered(given: SqsEventMessage | string, index: number): SqsEventMessage {
  const message = typeof given === 'string' ? { body: given } : given
  return { ...message, messageId: message.messageId ?? `message-${index + 1}` }
}

function crashPoints({ calls }: Outcome): CrashPoint[] {
  return calls.flatMap((operation, index) =>
    (['before', 'after'] as const).map((when) => ({ call: index + 1, operation, when })),
  )
}

function check(outcome: Outcome, count: number, expected: readonly string[]): Outcome {
  const { run, left, lastReason } = outcome
  const where = run.crash === undefined ? 'without any crash' : `with ${describe(run.crash)}`
  if (left.length > 0) {
    fail(
      `${where}: ${left.join(', ')} was not acknowledged in ${run.deliveries} deliveries (last: ${lastReason}). Nothing is lost, but it would end in the dead-letter queue.`,
    )
  }
  const lost = expected.filter((name) => (run.effects[name] ?? 0) === 0)
  if (lost.length > 0) {
    fail(
      `${where}: LOST ${lost.join(', ')}. All ${count} messages left the queue in ${run.deliveries} deliveries, and this effect never happened. Acknowledge only after the effect; give \`expected\` if effects have other names than message ids.`,
    )
  }
  // One crash explains one repetition of what was done and not yet recorded.
  const allowed = run.crash === undefined ? 1 : 2
  const excess = Object.entries(run.effects).filter(([, times]) => times > allowed)
  if (excess.length > 0) {
    const counts = excess.map(([name, times]) => `${name} ${times} times`).join(', ')
    fail(`${where}: REPEATED ${counts}, more than ${allowed}, in ${run.deliveries} deliveries.`)
  }
  return outcome
}

function describe({ call, operation, when }: CrashPoint): string {
  return when === 'before'
    ? `a crash before call ${call} of the store (${operation}) was sent`
    : `a crash after call ${call} of the store (${operation}) had landed`
}

function fail(problem: string): never {
  throw new Error(`crashTest, ${problem}`)
}
