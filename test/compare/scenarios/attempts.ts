import { advance } from '../clock.ts'
import type { Scenario } from '../scenario.ts'
import type { Finding, Stage } from '../stage.ts'
import type { Call } from '../subject.ts'

/**
 * A message is to be given up after three runs. oncekit counts runs (`maxAttempts`); where a subject has no such limit, its
 * users have the queue's `maxReceiveCount`, which counts deliveries.
 */
export const attempts: readonly Scenario[] = [
  {
    name: 'three-runs-outlived',
    title: 'the handler never ends, and outlives its invocation each time; at most three runs are wanted',
    settings: { mostRuns: 3 },
    async play(stage) {
      const message = stage.message()
      let runs = 0
      for (let delivery = 1; delivery <= 5 && stage.queued([message]).length > 0; delivery += 1) {
        const host = stage.host(async () => {
          runs += 1
          await new Promise(() => {})
        })
        await host.deliver([message], { timeoutMs: 2_000 })
        advance(5 * 60_000)
      }
      if (message.acknowledged) return stage.judge([message])
      if (runs > 3) return { verdict: 'repeated', what: `it ran ${runs} times` }
      return { verdict: 'ok', what: `it ran ${runs} times` }
    },
  },
  {
    name: 'three-runs-behind-a-head',
    title:
      'FIFO: the head of a group fails twice; the message behind it fails in its first run only; at most three runs are wanted',
    settings: { mostRuns: 3, fifo: true },
    async play(stage) {
      const [head, behind] = [1, 2].map(() => stage.message(undefined, { group: 'customer-1' }))
      if (!head || !behind) throw new Error('Two messages.')
      const host = stage.host(
        failing(
          stage,
          new Map([
            [head.id, 2],
            [behind.id, 1],
          ]),
        ),
      )
      await deliverAll(stage, [head, behind], (messages) => host.deliver(messages))
      if (stage.effects.indexOf(behind.id) === 0) {
        return { verdict: 'out of order', what: 'the second had its effect before the first' }
      }
      return inTheEnd(stage, [head, behind])
    },
  },
  {
    name: 'three-runs-without-time',
    title:
      'a message gets no time in three batches (ten slow ones go first), and fails in its first run only; at most three runs are wanted',
    settings: { mostRuns: 3 },
    async play(stage) {
      const message = stage.message()
      const fails = failing(stage, new Map([[message.id, 1]]))
      const host = stage.host(async (call) => {
        if (call.record.messageId !== message.id) await new Promise((resolve) => setTimeout(resolve, 700))
        await fails(call)
      })
      for (let delivery = 1; delivery <= 3; delivery += 1) {
        const slow = Array.from({ length: 10 }, () => stage.message())
        await host.deliver([...slow, ...stage.queued([message])], { timeoutMs: 2_000 })
      }
      await deliverAll(stage, [message], (messages) => host.deliver(messages))
      return inTheEnd(stage, [message])
    },
  },
]

/** Work that fails as often as is said for its message, then does it. */
function failing(stage: Stage, times: Map<string, number>): (call: Call) => Promise<void> {
  return async (call) => {
    const left = times.get(call.record.messageId) ?? 0
    times.set(call.record.messageId, left - 1)
    if (left > 0) throw new Error('The payment service said no.')
    stage.effect(call)
  }
}

async function deliverAll(
  stage: Stage,
  messages: Parameters<Stage['queued']>[0],
  deliver: (messages: ReturnType<Stage['queued']>) => Promise<unknown>,
): Promise<void> {
  for (let delivery = 1; delivery <= 8; delivery += 1) {
    const left = stage.queued(messages)
    if (left.length === 0) return
    await deliver(left)
    advance(60_000)
  }
}

function inTheEnd(stage: Stage, messages: Parameters<Stage['judge']>[0]): Finding {
  const finding = stage.judge(messages)
  return finding.verdict === 'blocked'
    ? { verdict: 'blocked', what: 'given up before its third run' }
    : finding
}
