import type { Message } from '../message.ts'
import type { Scenario } from '../scenario.ts'
import type { Finding, Stage } from '../stage.ts'

/** Messages as producers really send them, and handlers as they really treat them. */
export const input: readonly Scenario[] = [
  {
    name: 'mutated-input',
    title:
      'the handler parses the body in place (record.body = JSON.parse(record.body)); the message comes twice',
    settings: { key: 'orderId' },
    async play(stage) {
      const message = stage.message({ orderId: 'o-1' })
      const host = stage.host(async (call) => {
        stage.effect(call)
        Reflect.set(call.record, 'body', JSON.parse(call.record.body))
      })
      await host.deliver([message])
      await stage.drain([message], { host, rounds: 3 })
      await host.deliver([message])
      return stage.judge([message])
    },
  },
  {
    name: 'mutated-key',
    title: 'the handler normalises the id in place (record.messageId = …); the message comes twice',
    async play(stage) {
      const message = stage.message()
      const host = stage.host(async (call) => {
        stage.effect({ ...call, record: { ...call.record } })
        Reflect.set(call.record, 'messageId', `norm/${call.record.messageId}`)
      })
      await host.deliver([message])
      await stage.drain([message], { host, rounds: 3 })
      await host.deliver([message])
      return stage.judge([message])
    },
  },
  {
    name: 'proto-in-payload',
    title: 'two orders, the whole body as key, that differ only below "__proto__"',
    settings: { key: 'whole body' },
    async play(stage) {
      const messages = ['o-1', 'o-2'].map((id) =>
        stage.message(`{"kind":"order","__proto__":{"orderId":"${id}"}}`),
      )
      for (const message of messages) await stage.host().deliver([message])
      return stage.judge(messages)
    },
  },
  {
    name: 'key-missing',
    title: 'a body without the key; the message comes twice',
    settings: { key: 'orderId' },
    async play(stage) {
      const message = stage.message({ cents: 1999 })
      await stage.host().deliver([message])
      await stage.host().deliver([message])
      return refusedOrOnce(stage, [message])
    },
  },
  {
    name: 'key-empty',
    title: 'two different orders, both with an empty string as key',
    settings: { key: 'orderId' },
    async play(stage) {
      const messages = [1, 2].map((cents) => stage.message({ orderId: '', cents }))
      for (const message of messages) await stage.host().deliver([message])
      return refusedOrOnce(stage, messages)
    },
  },
  {
    name: 'composite-key-missing',
    title: 'two different orders, both without either part of a two-part key',
    settings: { key: 'customer and product' },
    async play(stage) {
      const messages = [1, 2].map((cents) => stage.message({ cents }))
      for (const message of messages) await stage.host().deliver([message])
      return refusedOrOnce(stage, messages)
    },
  },
  {
    name: 'key-zero-and-false',
    title: 'three orders with the keys 0, false and "0", each delivered twice',
    settings: { key: 'orderId' },
    async play(stage) {
      const messages = [0, false, '0'].map((orderId) => stage.message({ orderId }))
      for (const message of messages) {
        await stage.host().deliver([message])
        await stage.host().deliver([message])
      }
      return stage.judge(messages)
    },
  },
  {
    name: 'same-key-other-payload',
    title: 'two orders with one key and different amounts (payload checks on)',
    settings: { key: 'orderId', payload: 'checked' },
    async play(stage) {
      const [first, second] = [
        stage.message({ orderId: 'o-9', cents: 1 }),
        stage.message({ orderId: 'o-9', cents: 2 }),
      ]
      await stage.host().deliver([first])
      await stage.host().deliver([second])
      return refusedOrOnce(stage, [first, second])
    },
  },
  {
    // A Set shows nothing of itself: taken by its text, all are equal.
    name: 'payload-in-a-set',
    title:
      'two orders with one key and different items; the payload selector returns the items as a Set (in JMESPath, which has none, as the array)',
    settings: { key: 'orderId', payload: 'a set' },
    play: (stage) => twoPayloads(stage),
  },
  {
    name: 'payload-not-there',
    title:
      'two orders with one key and different items; the payload selector selects what the body does not have',
    settings: { key: 'orderId', payload: 'not there' },
    play: (stage) => twoPayloads(stage),
  },
  {
    name: 'unparsable-body',
    title: 'one body of a batch of three is not JSON',
    settings: { key: 'orderId' },
    async play(stage) {
      const messages = [
        stage.message({ orderId: 'u-1' }),
        stage.message('{"orderId": "u-2"'),
        stage.message({ orderId: 'u-3' }),
      ]
      const host = stage.host(async (call) => {
        JSON.parse(call.record.body)
        stage.effect(call)
      })
      await host.deliver(messages)
      const [first, broken, third] = messages
      if (!first || !broken || !third) throw new Error('Three messages.')
      if (broken.acknowledged) return { verdict: 'lost', what: 'the broken one was acknowledged' }
      return stage.judge([first, third], 'the broken one alone is reported')
    },
  },
  {
    name: 'unreadable-event',
    title: 'the function is invoked with something that is not an SQS event',
    async play(stage) {
      const message = stage.message()
      const delivery = await stage.host().invoke({ records: [{ messageId: message.id }] }, [message])
      if (delivery.kind === 'threw') return { verdict: 'ok', what: 'throws: the whole batch returns' }
      return stage.judge([message], `${delivery.kind} as if all were well`)
    },
  },
]

async function twoPayloads(stage: Stage): Promise<Finding> {
  const messages = [['pen'], ['piano']].map((items) => stage.message({ orderId: 'o-10', items }))
  for (const message of messages) await stage.host().deliver([message])
  return refusedOrOnce(stage, messages)
}

/** Refusing is right where nothing tells two messages apart: what counts is that none is lost or run twice. */
function refusedOrOnce(stage: Stage, messages: readonly Message[]): Finding {
  const finding = stage.judge(messages)
  if (finding.verdict !== 'blocked') return finding
  const refused = messages.filter(({ acknowledged }) => !acknowledged).length
  return { verdict: 'ok', what: `${refused} of ${messages.length} refused and reported` }
}
