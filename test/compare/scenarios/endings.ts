import type { Scenario } from '../scenario.ts'
import type { Finding } from '../stage.ts'
import { SOME_CONFIRMED } from './large-batches.ts'

const many = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A death, a slow store or little time, while many handlers end. */
export const endings: readonly Scenario[] = [
  {
    name: 'dies-in-a-busy-batch',
    title: 'a hundred handlers that never wait; the host dies after ninety effects',
    async play(stage): Promise<Finding> {
      const messages = many(100).map(() => stage.message())
      const host = stage.host(async (call) => {
        stage.effect(call)
        if (stage.effects.length === 90) host.wire.die()
      })
      await host.deliver(messages)
      await stage.drain(messages)
      const repeated = stage.effects.length - messages.length
      const lost = messages.filter((message) => stage.effectsOf(message) === 0).length
      if (lost > 0) return { verdict: 'lost', what: `${lost} never had their effect` }
      if (repeated > SOME_CONFIRMED)
        return { verdict: 'repeated', what: `${repeated} effects were repeated by one death` }
      return { verdict: 'ok', what: `${repeated} effects repeated, those that were under way` }
    },
  },
  {
    name: 'ends-late',
    title: 'ten handlers end just after the time to start others is over',
    async play(stage) {
      const messages = many(10).map(() => stage.message())
      const host = stage.host(async (call) => {
        await new Promise((resolve) => setTimeout(resolve, 1_050))
        stage.effect(call)
      })
      await host.deliver(messages, { timeoutMs: 2_500 })
      await stage.drain(messages)
      return stage.judge(messages)
    },
  },
  {
    // Without a signal it ends a little later by itself.
    name: 'ends-at-the-abort',
    title:
      'ten handlers end when they are told to stop, half of them with success; the rest comes back at once',
    async play(stage) {
      const messages = many(10).map(() => stage.message())
      const failing = new Set(messages.slice(5).map(({ id }) => id))
      const host = stage.host(async (call) => {
        if (call.record.attributes.ApproximateReceiveCount === '1') {
          await new Promise((resolve) => {
            call.signal?.addEventListener('abort', resolve)
            setTimeout(resolve, 1_200)
          })
          if (failing.has(call.record.messageId)) throw new Error('Told to stop.')
        }
        stage.effect(call)
      })
      await host.deliver(messages, { timeoutMs: 2_500 })
      await host.deliver(messages.filter(({ acknowledged }) => !acknowledged))
      const waiting = messages.filter(({ acknowledged }) => !acknowledged).length
      if (waiting > 0) return { verdict: 'stuck', what: `${waiting} wait though their handlers have ended` }
      return stage.judge(messages, 'at the second delivery')
    },
  },
  {
    name: 'completions-throttled',
    title: 'forty effects; the store is throttled when the first is done, for twenty requests',
    async play(stage) {
      const messages = many(40).map(() => stage.message())
      let throttled = false
      const host = stage.host(async (call) => {
        if (!throttled) host.wire.fail('throttled', { times: 20 })
        throttled = true
        stage.effect(call)
      })
      await host.deliver(messages)
      host.wire.heal()
      await stage.drain(messages)
      return stage.judge(messages)
    },
  },
  neverAnswered('completion-never-answered', 10_000),
  neverAnswered('completion-never-answered-3s', 3_000),
]

function neverAnswered(name: string, timeoutMs: number): Scenario {
  return {
    name,
    title: `ten effects; one completion request is swallowed by the network; Lambda timeout ${timeoutMs / 1_000} s`,
    async play(stage) {
      const messages = many(10).map(() => stage.message())
      let swallowed = false
      const host = stage.host(async (call) => {
        if (!swallowed) host.wire.fail('black-hole')
        swallowed = true
        stage.effect(call)
      })
      await host.deliver(messages, { timeoutMs })
      host.wire.heal()
      await stage.drain(messages)
      return stage.judge(messages)
    },
  }
}
