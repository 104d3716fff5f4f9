import { advance } from '../clock.ts'
import type { Delivery, Host } from '../host.ts'
import type { Message } from '../message.ts'
import type { Scenario } from '../scenario.ts'
import { Gate, type Stage } from '../stage.ts'
import type { Call } from '../subject.ts'

/** A host that was given up, frozen or timed out, and comes back to write over its successor. */
export const zombies: readonly Scenario[] = [
  {
    name: 'zombie-completes',
    title:
      'a frozen host thaws, is refused as stale by the resource, returns and completes, while its successor runs; a duplicate comes, then the successor fails',
    async play(stage) {
      const message = stage.message()
      const { thaw } = await freeze(stage, message, async () => {})
      const gate = new Gate()
      const successor = stage.host(async () => {
        await gate.wait()
        throw new Error('The payment service said no.')
      })
      const running = successor.deliver([message])
      await gate.reached
      await thaw()
      await stage.host().deliver([message])
      gate.open()
      await running
      await stage.drain([message])
      return stage.judge([message])
    },
  },
  {
    name: 'zombie-fails',
    title: 'a frozen host thaws and fails after its successor has completed; the message comes once more',
    async play(stage) {
      const message = stage.message()
      const { thaw } = await freeze(stage, message, async () => {
        throw new Error('The connection is gone.')
      })
      await stage.host().deliver([message])
      await thaw()
      await stage.host().deliver([message])
      return stage.judge([message])
    },
  },
  {
    name: 'zombie-deletes-live-claim',
    title: 'a frozen host thaws and fails while its successor runs; the message comes once more',
    async play(stage) {
      const message = stage.message()
      const { thaw } = await freeze(stage, message, async () => {
        throw new Error('The connection is gone.')
      })
      const gate = new Gate()
      const successor = stage.host(async (call) => {
        await gate.wait()
        stage.effect(call)
      })
      const running = successor.deliver([message])
      await gate.reached
      await thaw()
      await stage.host().deliver([message])
      gate.open()
      await running
      await stage.drain([message])
      return stage.judge([message])
    },
  },
  {
    name: 'late-release',
    title:
      'the work fails; the release is repeated, and its first try lands late, while the next run is under way',
    async play(stage) {
      const message = stage.message()
      let host: Host | undefined
      host = stage.host(async () => {
        host?.wire.fail('late')
        throw new Error('The payment service said no.')
      })
      await host.deliver([message])
      const gate = new Gate()
      const next = stage.host(async (call) => {
        await gate.wait()
        stage.effect(call)
      })
      const running = next.deliver([message])
      await gate.reached
      await host.wire.landLate()
      await stage.host().deliver([message])
      gate.open()
      await running
      await stage.drain([message])
      return stage.judge([message])
    },
  },
  {
    name: 'late-claim',
    title:
      'the claim is repeated, and its first try lands late, after the message was done; it comes once more',
    async play(stage) {
      const message = stage.message()
      const host = stage.host()
      host.wire.fail('late')
      await host.deliver([message])
      await host.wire.landLate()
      await stage.host().deliver([message])
      return stage.judge([message])
    },
  },
  {
    name: 'outlives-its-deadline',
    title:
      'Managed Instances: three invocations in one process; their handlers outlive a deadline of 3 s by 20 s, nobody kills them, and the messages come again meanwhile',
    settings: { managedInstances: true },
    async play(stage) {
      const messages = [stage.message(), stage.message(), stage.message()]
      const gate = new Gate()
      const running = new Map<string, number>()
      let most = 0
      const work = async (call: Call, wait: Promise<void>) => {
        const id = call.record.messageId
        const now = (running.get(id) ?? 0) + 1
        running.set(id, now)
        most = Math.max(most, now)
        await wait
        running.set(id, (running.get(id) ?? 0) - 1)
        stage.effect(call)
      }
      const host = stage.host((call) => work(call, gate.wait()))
      await Promise.all(messages.map((message) => host.deliver([message], { timeoutMs: 3_000 })))
      advance(20_000)
      const other = stage.host((call) => work(call, Promise.resolve()))
      await Promise.all(messages.map((message) => other.deliver([message], { timeoutMs: 3_000 })))
      gate.open()
      await new Promise((resolve) => setTimeout(resolve, 300))
      await stage.drain(messages, { host: other })
      return stage.judge(messages, `${most} at once`)
    },
  },
]

/** A host claims the message, stands still past its lease, and ends as told when it is thawed. */
async function freeze(stage: Stage, message: Message, end: () => Promise<void>) {
  const gate = new Gate()
  const host = stage.host(async () => {
    await gate.wait()
    await end()
  })
  const frozen = host.deliver([message])
  await gate.reached
  advance(5 * 60_000)
  return {
    async thaw(): Promise<Delivery> {
      // Lambda gave that invocation up long ago: its answer deletes nothing.
      const before = message.acknowledged
      gate.open()
      const delivery = await frozen
      message.acknowledged = before
      return delivery
    },
  }
}
