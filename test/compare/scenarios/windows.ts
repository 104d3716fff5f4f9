import { advance } from '../clock.ts'
import type { Scenario } from '../scenario.ts'
import { Gate, type Stage } from '../stage.ts'

const HOUR_MS = 3_600_000

/** Time and identity: windows, clocks, redrives, neighbours in one table. */
export const windows: readonly Scenario[] = [
  {
    name: 'window-shorter-than-run',
    title: 'the window is set to 5 s and the run takes longer; a duplicate comes after 10 s',
    settings: { windowSeconds: 5 },
    async play(stage) {
      const message = stage.message()
      const gate = new Gate()
      const host = stage.host(async (call) => {
        await gate.wait()
        stage.effect(call)
      })
      const running = host.deliver([message])
      const started = await Promise.race([gate.reached.then(() => true), running.then(() => false)])
      if (!started) {
        const { kind, error } = await running
        const code = error instanceof Error ? error.name : ''
        return { verdict: 'ok', what: `refused at start (${[kind, code].filter(Boolean).join(', ')})` }
      }
      advance(10_000)
      await stage.host().deliver([message])
      gate.open()
      await running
      return stage.judge([message])
    },
  },
  {
    name: 'back-after-two-hours',
    title: 'all at default: a message that was done comes back from the dead-letter queue after two hours',
    settings: { key: 'default' },
    async play(stage) {
      const message = stage.message()
      await stage.host().deliver([message])
      advance(2 * HOUR_MS)
      await stage.host().deliver([message])
      return stage.judge([message])
    },
  },
  {
    name: 'redrive-new-id',
    title:
      'a redrive gives the message a new id; the producer had stamped an idempotency key, all at default',
    settings: { key: 'default' },
    async play(stage) {
      const body = { orderId: 'o-77' }
      const first = stage.message(body, { stamp: 'o-77' })
      const redriven = stage.message(body, { stamp: 'o-77' })
      await stage.host().deliver([first])
      await stage.host().deliver([redriven])
      if (stage.effects.length > 1) return { verdict: 'repeated', what: 'effect happened 2 times' }
      return { verdict: 'ok', what: 'effect once' }
    },
  },
  {
    name: 'redrive-business-key',
    title: 'a redrive gives the message a new id; the key is taken from the body',
    settings: { key: 'orderId' },
    async play(stage) {
      await stage.host().deliver([stage.message({ orderId: 'o-78' })])
      await stage.host().deliver([stage.message({ orderId: 'o-78' })])
      if (stage.effects.length > 1) return { verdict: 'repeated', what: 'effect happened 2 times' }
      return { verdict: 'ok', what: 'effect once' }
    },
  },
  {
    name: 'after-the-window',
    title: 'the same business key comes again one day after a window of one hour: it is a new order',
    settings: { key: 'orderId', windowSeconds: 3_600 },
    async play(stage) {
      await stage.host().deliver([stage.message({ orderId: 'o-79' })])
      advance(24 * HOUR_MS)
      await stage.host().deliver([stage.message({ orderId: 'o-79' })])
      if (stage.effects.length === 2) return { verdict: 'ok', what: 'both orders ran' }
      return { verdict: 'lost', what: 'the second order was taken for a duplicate' }
    },
  },
  {
    name: 'two-functions-one-key',
    title: 'two functions share a table and get the same key: both must run',
    settings: { key: 'orderId' },
    async play(stage) {
      const body = { orderId: 'o-80' }
      const [charge, ship] = [stage.message(body), stage.message(body)]
      await stage.host(undefined, { functionName: 'charge' }).deliver([charge])
      await stage.host(undefined, { functionName: 'ship' }).deliver([ship])
      return stage.judge([charge, ship])
    },
  },
  {
    name: 'clock-ahead',
    title: 'a run is under way; a host whose clock is a minute ahead gets the message',
    play: (stage) => liveRun(stage, { running: 0, other: 60_000 }),
  },
  {
    name: 'clock-behind',
    title: 'a run is under way on a host whose clock is a minute behind; another host gets the message',
    play: (stage) => liveRun(stage, { running: -60_000, other: 0 }),
  },
  {
    name: 'table-missing',
    title: 'the table of records does not exist',
    settings: { tableMissing: true },
    async play(stage) {
      const message = stage.message()
      const { kind } = await stage.host().deliver([message])
      if (message.acknowledged) return stage.judge([message], 'there is no record of it')
      return {
        verdict: stage.effects.length === 0 ? 'ok' : 'repeated',
        what: `nothing ran, the handler ${kind}`,
      }
    },
  },
]

async function liveRun(stage: Stage, skew: { running: number; other: number }) {
  const message = stage.message()
  const gate = new Gate()
  const host = stage.host(
    async (call) => {
      await gate.wait()
      stage.effect(call)
    },
    { skewMs: skew.running },
  )
  const running = host.deliver([message])
  await gate.reached
  const other = stage.host(undefined, { skewMs: skew.other })
  // It has worked before and knows the server's clock, as any host beyond its first batch.
  await other.deliver([stage.message()])
  stage.effects.length = 0
  await other.deliver([message])
  gate.open()
  await running
  await stage.drain([message])
  return stage.judge([message])
}
