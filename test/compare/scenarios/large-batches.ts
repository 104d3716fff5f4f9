import type { Message } from '../message.ts'
import type { Scenario } from '../scenario.ts'
import type { Finding, Stage } from '../stage.ts'

const many = (stage: Stage, count: number) => Array.from({ length: count }, () => stage.message())

/** Handlers at once, by default, and completions in one request. */
const AT_ONCE = 10
const GROUP = 25

/** What may be done and not confirmed: while no completion ever was, and once some were. */
const NONE_CONFIRMED = AT_ONCE + GROUP
export const SOME_CONFIRMED = AT_ONCE + 2 * GROUP

/** Many messages in one invocation, and something slow or refused among what they need. */
export const largeBatches: readonly Scenario[] = [
  {
    name: 'slow-claims',
    title: '1,000 messages; every request takes 120 ms; Lambda timeout 3 s, three deliveries',
    play: (stage) =>
      progress(stage, {
        messages: many(stage, 1_000),
        timeoutMs: 3_000,
        prepare: (wire) => {
          wire.delayMs = 120
        },
      }),
  },
  {
    name: 'claims-throttled',
    title:
      '500 messages; every second request that claims is throttled; Lambda timeout 4 s, three deliveries',
    play: (stage) =>
      progress(stage, {
        messages: many(stage, 500),
        timeoutMs: 4_000,
        prepare: (wire) => wire.fail('throttled', { on: 'claims', every: 2, times: Infinity }),
      }),
  },
  {
    name: 'slow-validation',
    title: '250 bodies, each checked asynchronously for 10 ms; Lambda timeout 4 s',
    settings: { validates: async () => await new Promise((resolve) => setTimeout(resolve, 10)) },
    async play(stage) {
      const messages = many(stage, 250)
      await stage.host().deliver(messages, { timeoutMs: 4_000 })
      const late = messages.filter(({ acknowledged }) => !acknowledged).length
      if (late > 0) return { verdict: 'stuck', what: `${late} did not get through` }
      return stage.judge(messages, 'at the first delivery')
    },
  },
  {
    // Where a subject has no place for an asynchronous check, it is the first thing in the work.
    name: 'validation-hangs',
    title: 'one check of a body never answers; nine messages beside it; Lambda timeout 3 s, two deliveries',
    settings: {
      validates: async (body) => {
        if (Reflect.get(Object(body), 'orderId') === 'hangs') await new Promise(() => {})
      },
    },
    async play(stage) {
      const good = many(stage, 9)
      const messages = [stage.message({ orderId: 'hangs' }), ...good]
      for (let receive = 1; receive <= 2; receive += 1) {
        const left = messages.filter(({ acknowledged }) => !acknowledged)
        if (left.length > 1) await stage.host().deliver(left, { timeoutMs: 3_000 })
      }
      return stage.judge(good, 'the nine beside it')
    },
  },
  {
    name: 'role-may-not-update',
    title: '200 messages; the role may write new records and not change them; then its policy is mended',
    async play(stage): Promise<Finding> {
      const messages = many(stage, 200)
      const host = stage.host()
      host.wire.fail('denied', { on: 'updates', times: Infinity })
      await host.deliver(messages)
      const unconfirmed = stage.effects.length - messages.filter(({ acknowledged }) => acknowledged).length
      host.wire.heal()
      await stage.drain(messages)
      const lost = messages.filter((message) => message.acknowledged && stage.effectsOf(message) === 0)
      if (lost.length > 0) return stage.judge(messages)
      const what = `${unconfirmed} effects without a record of their end`
      return { verdict: unconfirmed > NONE_CONFIRMED ? 'repeated' : 'ok', what }
    },
  },
]

/** Whether each delivery brings the batch forward. */
async function progress(
  stage: Stage,
  {
    messages,
    timeoutMs,
    prepare,
  }: {
    messages: readonly Message[]
    timeoutMs: number
    prepare: (wire: ReturnType<Stage['host']>['wire']) => void
  },
): Promise<Finding> {
  const done: number[] = []
  const host = stage.host()
  prepare(host.wire)
  for (let receive = 1; receive <= 3; receive += 1) {
    const left = messages.filter(({ acknowledged }) => !acknowledged)
    if (left.length === 0) break
    const { acknowledged } = await host.deliver(left, { timeoutMs })
    done.push(acknowledged.length)
  }
  const what = `${done.join(', ')} acknowledged at the deliveries`
  const finding = stage.judge(messages)
  if (finding.verdict === 'lost' || finding.verdict === 'repeated') return finding
  if (done.includes(0)) return { verdict: 'blocked', what }
  return { verdict: 'ok', what }
}
