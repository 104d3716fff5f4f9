import type { Scenario } from '../scenario.ts'
import { type Finding, Gate, type Stage } from '../stage.ts'
import type { Call } from '../subject.ts'

/** Several messages in one invocation: neighbours must not harm each other. */
export const batches: readonly Scenario[] = [
  {
    name: 'one-fails',
    title: 'one message of three fails at its first try',
    async play(stage) {
      const messages = [stage.message(), stage.message(), stage.message()]
      const bad = messages[1]
      const host = stage.host(async (call) => {
        if (call.record.messageId === bad?.id && call.record.attributes.ApproximateReceiveCount === '1') {
          throw new Error('The payment service said no.')
        }
        stage.effect(call)
      })
      await host.deliver(messages)
      await stage.drain(messages, { host })
      return stage.judge(messages)
    },
  },
  {
    name: 'duplicates-in-batch',
    title: 'one batch has the same message twice',
    async play(stage) {
      const message = stage.message()
      await stage.host().deliver([message, message])
      const first = message.acknowledged
      await stage.drain([message])
      return stage.judge(
        [message],
        first ? 'acknowledged at once' : 'reported, acknowledged at the next delivery',
      )
    },
  },
  {
    name: 'one-key-twice-in-batch',
    title: 'one batch has two messages with one business key (a producer that retried)',
    settings: { key: 'orderId' },
    async play(stage) {
      const messages = [stage.message({ orderId: 'twin' }), stage.message({ orderId: 'twin' })]
      await stage.host().deliver(messages)
      await stage.drain(messages)
      if (stage.effects.length === 1 && messages.every(({ acknowledged }) => acknowledged)) {
        return { verdict: 'ok', what: 'effect once for both' }
      }
      return { verdict: 'repeated', what: `effect happened ${stage.effects.length} times` }
    },
  },
  {
    name: 'fifo-stop',
    title: 'FIFO: the second of three messages of a group fails',
    settings: { fifo: true },
    async play(stage) {
      const group = 'customer-1'
      const messages = [1, 2, 3].map(() => stage.message(undefined, { group }))
      const bad = messages[1]
      const host = stage.host(async (call) => {
        if (call.record.messageId === bad?.id && call.record.attributes.ApproximateReceiveCount === '1') {
          throw new Error('The payment service said no.')
        }
        stage.effect(call)
      })
      await host.deliver(messages)
      await stage.drain(messages, { host })
      const order = stage.effects.map((id) => messages.findIndex((message) => message.id === id) + 1)
      if (order.join() !== '1,2,3')
        return { verdict: 'out of order', what: `effects in the order ${order.join(', ')}` }
      return stage.judge(messages)
    },
  },
  {
    name: 'deadline-in-batch',
    title: 'one message of ten hangs; Lambda timeout 4 s, three deliveries, then the dead-letter queue',
    async play(stage) {
      const messages = Array.from({ length: 10 }, () => stage.message())
      const hanging = messages[4]
      const host = stage.host(async (call) => {
        if (call.record.messageId === hanging?.id) await new Promise(() => {})
        stage.effect(call)
      })
      for (let receive = 1; receive <= 3; receive += 1) {
        const left = messages.filter(({ acknowledged }) => !acknowledged)
        await host.deliver(left, { timeoutMs: 4_000 })
      }
      const healthy = messages.filter((message) => message !== hanging)
      return stage.judge(healthy, 'the nine beside the hanging one')
    },
  },
  {
    name: 'throws-undefined',
    title: 'one handler of three rejects with undefined at its first try',
    async play(stage) {
      const messages = [stage.message(), stage.message(), stage.message()]
      const bad = messages[0]
      const host = stage.host(async (call) => {
        // A library that rejects with nothing is what this is about.
        const fails =
          call.record.messageId === bad?.id && call.record.attributes.ApproximateReceiveCount === '1'
        if (fails) await Promise.reject(undefined)
        stage.effect(call)
      })
      const { kind } = await host.deliver(messages)
      await stage.drain(messages, { host })
      return stage.judge(messages, `first delivery ${kind}`)
    },
  },
  {
    name: 'logger-throws',
    title: 'one message of three fails at its first try, and the logger throws',
    settings: { brokenLogger: true },
    async play(stage) {
      const messages = [stage.message(), stage.message(), stage.message()]
      const bad = messages[2]
      const host = stage.host(async (call) => {
        if (call.record.messageId === bad?.id && call.record.attributes.ApproximateReceiveCount === '1') {
          throw new Error('The payment service said no.')
        }
        stage.effect(call)
      })
      const { kind } = await host.deliver(messages)
      await stage.drain(messages, { host })
      return stage.judge(messages, `first delivery ${kind}`)
    },
  },
  {
    name: 'early-timeout',
    title:
      'Middy ends the invocation early (1 s of 3 left); the work obeys its abort signal; the message comes again at once',
    settings: { earlyTimeoutMs: 1_000 },
    play: (stage) => endedEarly(stage, true),
  },
  {
    name: 'early-timeout-deaf',
    title: 'the same, but the work knows no signal, goes on after the answer and succeeds',
    settings: { earlyTimeoutMs: 1_000 },
    shortfall: {
      verdict: 'repeated',
      because:
        'work that ends after the answer is not completed any more; its lease protects it only from running twice at once',
    },
    play: (stage) => endedEarly(stage, false),
  },
]

async function endedEarly(stage: Stage, obedient: boolean): Promise<Finding> {
  const message = stage.message()
  const gate = new Gate()
  let running = 0
  let most = 0
  const work = async (call: Call, wait: Promise<void>) => {
    running += 1
    most = Math.max(most, running)
    await wait
    running -= 1
    if (obedient && call.signal?.aborted) throw new Error('Aborted before the effect.')
    stage.effect(call)
  }
  const host = stage.host((call) => work(call, gate.wait()))
  const { kind } = await host.deliver([message], { timeoutMs: 3_000 })
  const again = stage.host((call) => work(call, Promise.resolve()))
  await again.deliver([message], { timeoutMs: 3_000 })
  gate.open()
  await new Promise((resolve) => setTimeout(resolve, 300))
  await stage.drain([message], { host: again })
  return stage.judge([message], `first delivery ${kind}, ${most} at once`)
}
