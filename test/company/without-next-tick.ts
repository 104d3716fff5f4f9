import FakeTimers from '@sinonjs/fake-timers'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { sqsEvent } from '../../src/testing/sqs-event.ts'

/**
 * A batch on a real table while `process.nextTick` is faked, and one after it. In a process of its own: whatever else is
 * under way in one, a test runner's messages among it, needs the real one. Usage: without-next-tick.ts TABLE
 */
const [table = ''] = process.argv.slice(2)
const ran: string[] = []
const handler = sqsHandler({ table, namespace: 'next-tick', observer: false, logger: false }, ({ body }) => {
  ran.push(body)
})
const monotonic = performance.now.bind(performance)
function invocation(ms: number) {
  const end = monotonic() + ms
  return { getRemainingTimeInMillis: () => end - monotonic() }
}

const events = [sqsEvent(['one', 'two']), sqsEvent(['three'])] as const
const clock = FakeTimers.install({ now: Date.now() })
const during = await handler(events[0], invocation(2_000)).finally(() => clock.uninstall())
const after = await handler(events[1], invocation(60_000))
const back = [during, after].map(({ batchItemFailures }) => batchItemFailures.length)
process.stdout.write(JSON.stringify({ back, ran }), () => process.exit())
