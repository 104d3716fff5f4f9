import { advance } from '../clock.ts'
import type { Scenario } from '../scenario.ts'
import { Gate } from '../stage.ts'

const LAMBDA_TIMEOUT_MS = 30_000

/** Faults around the claim: the write that says "mine" before the work begins. */
export const claims: readonly Scenario[] = [
  {
    name: 'delivered-twice',
    title: 'SQS delivers a message again after it was done',
    async play(stage) {
      const message = stage.message()
      await stage.host().deliver([message])
      await stage.host().deliver([message])
      return stage.judge([message])
    },
  },
  {
    name: 'rejected-duplicate',
    title: 'a duplicate is refused while the first run is under way; a third delivery follows',
    async play(stage) {
      const message = stage.message()
      const gate = new Gate()
      const first = stage.host(async (call) => {
        await gate.wait()
        stage.effect(call)
      })
      const running = first.deliver([message])
      await gate.reached
      const second = await stage.host().deliver([message])
      const third = await stage.host().deliver([message])
      gate.open()
      await running
      const refused = [second, third].filter(({ acknowledged }) => acknowledged.length === 0).length
      return stage.judge([message], `${refused} of 2 refused while it ran`)
    },
  },
  lostClaim(
    'lost-claim-answer',
    'the claim is written, but the connection breaks before the answer',
    'lost-answer',
  ),
  lostClaim(
    'error-500-on-claim',
    'the claim is written, but the answer is HTTP 500',
    'error-500-after-apply',
  ),
  {
    name: 'throttled-claim',
    title: 'the table throttles the first two tries of the claim',
    async play(stage) {
      const message = stage.message()
      const host = stage.host()
      host.wire.fail('throttled', { times: 2 })
      await host.deliver([message])
      const waited = await stage.drain([message])
      return stage.judge([message], waited === 0 ? 'at the first delivery' : 'at a later delivery')
    },
  },
  {
    name: 'black-hole-on-claim',
    title: 'one claim of a batch of three goes to a server that never answers; Lambda timeout 6 s',
    async play(stage) {
      const messages = [stage.message(), stage.message(), stage.message()]
      const host = stage.host()
      host.wire.fail('black-hole', { times: 1 })
      const delivery = await host.deliver(messages, { timeoutMs: 6_000 })
      host.wire.heal()
      const through = delivery.acknowledged.length
      await stage.drain(messages)
      return stage.judge(messages, `${delivery.kind}, ${through} of 3 at the first delivery`)
    },
  },
  {
    name: 'concurrent-redelivery',
    title: 'eight hosts get one stuck message at the same moment',
    async play(stage) {
      const message = stage.message()
      const dead = stage.host(async () => await new Promise(() => {}))
      await dieMidway(dead.deliver([message]), dead)
      advance(10 * 60_000)
      const gate = new Gate()
      const hosts = Array.from({ length: 8 }, () =>
        stage.host(async (call) => {
          stage.effect(call)
          await gate.wait()
        }),
      )
      const running = hosts.map((host) => host.deliver([message]))
      // All but the one that runs answer; then the door opens.
      await Promise.race([gate.reached, new Promise((resolve) => setTimeout(resolve, 3_000))])
      await Promise.race([
        Promise.all(running.map((run) => run.then(() => {}))),
        new Promise((resolve) => setTimeout(resolve, 500)),
      ])
      gate.open()
      await Promise.all(running)
      await stage.drain([message])
      return stage.judge([message])
    },
  },
  {
    name: 'stuck-after-crash',
    title: 'a host dies mid-run; how long until a redelivery runs (Lambda timeout 30 s, asked every second)',
    async play(stage) {
      const message = stage.message()
      const dead = stage.host(async () => await new Promise(() => {}))
      await dieMidway(dead.deliver([message], { timeoutMs: LAMBDA_TIMEOUT_MS }), dead)
      const waited = await stage.drain([message], { everyMs: 1_000, rounds: 120 })
      if (waited === undefined) return { verdict: 'stuck', what: 'not within 2 minutes' }
      return { ...stage.judge([message], 'after the crash'), seconds: waited / 1_000 }
    },
  },
  {
    name: 'crash-after-effect',
    title: 'a host dies between the effect and the completion',
    async play(stage) {
      const message = stage.message()
      const dead = stage.host(async (call) => {
        stage.effect(call)
        return await new Promise(() => {})
      })
      await dieMidway(dead.deliver([message]), dead)
      const waited = await stage.drain([message])
      const count = stage.effectsOf(message)
      // Nobody can know, without a shared transaction, whether the effect happened: once more is right, no more is.
      if (waited !== undefined && count === 2) return { verdict: 'ok', what: 'runs once more, as it must' }
      return stage.judge([message])
    },
  },
]

function lostClaim(name: string, title: string, fault: 'lost-answer' | 'error-500-after-apply'): Scenario {
  return {
    name,
    title,
    async play(stage) {
      const message = stage.message()
      const host = stage.host()
      host.wire.fail(fault, { times: 1 })
      const { acknowledged } = await host.deliver([message])
      if (acknowledged.length > 0) return stage.judge([message], 'at the first delivery')
      const waited = await stage.drain([message], { everyMs: 5_000, rounds: 60 })
      if (waited === undefined) return stage.judge([message])
      const finding = stage.judge([message])
      if (finding.verdict !== 'ok') return finding
      return { verdict: 'stuck', what: 'locked out by its own claim', seconds: waited / 1_000 }
    },
  }
}

/** Lets the work begin, then ends the host. */
export async function dieMidway(delivery: Promise<unknown>, host: { wire: { die(): void } }): Promise<void> {
  // The claim and the start of the work take some milliseconds on loopback.
  await new Promise((resolve) => setTimeout(resolve, 250))
  host.wire.die()
  await delivery
}
