import { advance } from '../clock.ts'
import type { Scenario } from '../scenario.ts'
import { type Finding, Gate } from '../stage.ts'

const many = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Where other people's code and other messages meet a batch. */
export const seams: readonly Scenario[] = [
  {
    name: 'answered-by-another',
    title: "Middy's sqs-partial-batch-failure answers too: one message is held by another host, one fails",
    settings: { partialBatchMiddleware: true },
    async play(stage) {
      const [held, failing, good] = [stage.message(), stage.message(), stage.message()]
      const gate = new Gate()
      const first = stage.host(async (call) => {
        await gate.wait()
        stage.effect(call)
      })
      const running = first.deliver([held])
      await gate.reached
      const second = stage.host(async (call) => {
        if (call.record.messageId === failing.id) throw new Error('The payment service said no.')
        stage.effect(call)
      })
      await second.deliver([held, failing, good])
      const dropped = held.acknowledged || failing.acknowledged
      gate.open()
      await running
      await stage.drain([held, failing, good])
      if (dropped && stage.effectsOf(failing) === 0)
        return { verdict: 'lost', what: 'the failing message was deleted' }
      if (dropped && stage.effectsOf(held) === 1)
        return { verdict: 'lost', what: 'deleted while another host ran it' }
      return stage.judge([held, failing, good])
    },
  },
  {
    name: 'sorted-batch',
    title:
      'a handler of the whole batch sorts event.Records in place; one message of three fails at its first try',
    settings: { sortsBatch: true },
    async play(stage) {
      const messages = [stage.message(), stage.message(), stage.message()]
      const host = stage.host(async (call) => {
        const first = call.record.attributes.ApproximateReceiveCount === '1'
        if (first && call.record.messageId === messages[0]?.id)
          throw new Error('The payment service said no.')
        stage.effect(call)
      })
      await host.deliver(messages)
      await stage.drain(messages, { host })
      return stage.judge(messages)
    },
  },
  {
    name: 'failure-added-to-the-answer',
    title: 'the handler adds a failure of its own to the answer that its tool has made, and returns that',
    settings: { alsoReports: 'unsure' },
    async play(stage): Promise<Finding> {
      const messages = [stage.message(), stage.message(undefined, { id: 'unsure' })]
      await stage.host().deliver(messages)
      const [certain, unsure] = messages
      if (unsure?.acknowledged)
        return { verdict: 'lost', what: 'the addition vanished: the message was deleted' }
      if (!certain?.acknowledged) return { verdict: 'stuck', what: 'the whole batch came back' }
      return { verdict: 'ok', what: 'the message that was added comes back, no other' }
    },
  },
  {
    name: 'rounded-numbers',
    title: 'two orders whose numeric ids JSON.parse rounds to one',
    settings: { key: 'orderId', payload: 'ignored' },
    async play(stage): Promise<Finding> {
      const messages = [
        stage.message('{"orderId":9007199254740993}'),
        stage.message('{"orderId":9007199254740992}'),
      ]
      const host = stage.host()
      for (const message of messages) await host.deliver([message])
      const lost = messages.filter((message) => message.acknowledged && stage.effectsOf(message) === 0)
      if (lost.length > 0) return { verdict: 'lost', what: 'the second was acknowledged without its effect' }
      if (stage.effects.length === 0) return { verdict: 'ok', what: 'refused: send the id as text' }
      return stage.judge(messages)
    },
  },
  {
    name: 'corrected-payload',
    title: 'a message failed; the same key is sent again with a corrected body',
    settings: { key: 'orderId', payload: 'checked' },
    async play(stage) {
      const wrong = stage.message({ orderId: 'o-1', cents: -1 })
      await stage
        .host(async () => {
          throw new Error('No such amount.')
        })
        .deliver([wrong])
      const corrected = stage.message({ orderId: 'o-1', cents: 1 })
      await stage.drain([corrected])
      return stage.judge([corrected])
    },
  },
  {
    name: 'corrected-after-giving-up',
    title:
      'a message was given up for good (PermanentError); a minute later the same key is sent again with a corrected body',
    settings: { key: 'orderId', payload: 'checked' },
    async play(stage) {
      const wrong = stage.message({ orderId: 'o-2', cents: -1 })
      await stage
        .host(async () => {
          throw Object.assign(new Error('No such amount.'), { name: 'PermanentError' })
        })
        .deliver([wrong])
      advance(60_000)
      const corrected = stage.message({ orderId: 'o-2', cents: 1 })
      await stage.drain([corrected])
      return stage.judge([corrected])
    },
  },
  {
    name: 'fifo-behind-a-failure',
    title: 'FIFO: the head of a group fails once; the group comes back at once',
    settings: { fifo: true },
    async play(stage) {
      const group = 'customer-1'
      const messages = many(4).map(() => stage.message(undefined, { group }))
      const host = stage.host(async (call) => {
        const first = call.record.attributes.ApproximateReceiveCount === '1'
        if (first && call.record.messageId === messages[0]?.id) throw new Error('Not now.')
        stage.effect(call)
      })
      await host.deliver(messages)
      await host.deliver(messages.filter(({ acknowledged }) => !acknowledged))
      const waiting = messages.filter(({ acknowledged }) => !acknowledged).length
      if (waiting > 0) return { verdict: 'stuck', what: `${waiting} wait for a lease of what never ran` }
      return stage.judge(messages, 'at the second delivery')
    },
  },
  {
    name: 'one-key-in-two-groups',
    title: 'FIFO: a key twice in one batch, in two groups, with more behind the second',
    settings: { fifo: true, key: 'orderId' },
    async play(stage) {
      const a1 = stage.message({ orderId: 'twin' }, { group: 'a' })
      const b1 = stage.message({ orderId: 'twin' }, { group: 'b' })
      const b2 = stage.message({ orderId: 'next' }, { group: 'b' })
      const b3 = stage.message({ orderId: 'last' }, { group: 'b' })
      const host = stage.host()
      await host.deliver([a1, b1, b2, b3])
      await host.deliver([a1, b1, b2, b3].filter(({ acknowledged }) => !acknowledged))
      const waiting = [a1, b1, b2, b3].filter(({ acknowledged }) => !acknowledged).length
      if (waiting > 0) return { verdict: 'stuck', what: `${waiting} still wait after two deliveries` }
      const effects = stage.effectsOf(a1) + stage.effectsOf(b1)
      if (effects > 1) return { verdict: 'repeated', what: 'the effect of one key happened twice' }
      return stage.judge([b2, b3])
    },
  },
  {
    name: 'wrong-key-many-payloads',
    title: 'sixty messages with one wrong key and sixty payloads, among three good ones',
    settings: { key: 'orderId', payload: 'checked' },
    async play(stage) {
      const wrong = many(60).map((cents) => stage.message({ orderId: 'wrong', cents }))
      const good = many(3).map((index) => stage.message({ orderId: `good-${index}` }))
      await stage.host().deliver([...wrong, ...good], { timeoutMs: 6_000 })
      const late = good.filter(({ acknowledged }) => !acknowledged).length
      if (late > 0) return { verdict: 'stuck', what: `${late} good ones did not get through` }
      return stage.judge(good, 'at the first delivery')
    },
  },
]
