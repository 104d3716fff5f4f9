import type { Host } from '../host.ts'
import type { Scenario } from '../scenario.ts'
import type { Fault } from '../wire.ts'

/** Faults around the completion: the write that says "done" after the work. */
export const completions: readonly Scenario[] = [
  completion(
    'lost-completion-answer',
    'the completion is written, but the connection breaks before the answer',
    {
      fault: 'lost-answer',
    },
  ),
  completion('error-500-on-completion', 'the completion is written, but the answer is HTTP 500', {
    fault: 'error-500-after-apply',
  }),
  completion('throttled-completion', 'the table throttles the first two tries of the completion', {
    fault: 'throttled',
    times: 2,
  }),
  completion(
    'black-hole-on-completion',
    'the completion goes to a server that never answers; the next try would; Lambda timeout 8 s',
    { fault: 'black-hole', timeoutMs: 8_000 },
  ),
  {
    name: 'release-lost',
    title:
      'the work fails, and so does every try to release its claim; the message comes back every second (Lambda timeout 4 s)',
    async play(stage) {
      const message = stage.message()
      let host: Host | undefined
      host = stage.host(async () => {
        host?.wire.fail('throttled', { times: 100 })
        throw new Error('The payment service said no.')
      })
      await host.deliver([message], { timeoutMs: 4_000 })
      const waited = await stage.drain([message], { everyMs: 1_000, rounds: 60 })
      return {
        ...stage.judge([message], 'at a later try'),
        seconds: waited === undefined ? waited : waited / 1_000,
      }
    },
  },
]

function completion(
  name: string,
  title: string,
  { fault, times = 1, timeoutMs = 30_000 }: { fault: Fault; times?: number; timeoutMs?: number },
): Scenario {
  return {
    name,
    title,
    async play(stage) {
      const message = stage.message()
      let host: Host | undefined
      host = stage.host(async (call) => {
        stage.effect(call)
        host?.wire.fail(fault, { times })
      })
      const { kind, acknowledged } = await host.deliver([message], { timeoutMs })
      host.wire.heal()
      await stage.drain([message])
      // Delivered once more, as SQS may: what was done must be known.
      await stage.host().deliver([message])
      return stage.judge(
        [message],
        acknowledged.length > 0 ? 'at the first delivery' : `first delivery ${kind}`,
      )
    },
  }
}
