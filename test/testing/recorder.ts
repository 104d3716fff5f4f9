import type { InvocationOutcome, Invoker, SqsEvent } from '../../src/testing/index.ts'

const OK: InvocationOutcome = { kind: 'returned', payload: '{"batchItemFailures":[]}' }

/** An invoker that records which bodies each invocation saw; runs `work` in it. */
export function recorder(work: (bodies: string[], event: SqsEvent) => unknown = () => undefined) {
  const batches: string[][] = []
  let now = 0
  let most = 0
  const invoker: Invoker = {
    timeoutMs: 1_000,
    async invoke(event) {
      const bodies = event.Records.map(({ body }) => body)
      batches.push(bodies)
      now += 1
      most = Math.max(most, now)
      try {
        const result = await work(bodies, event)
        return result === undefined ? OK : { kind: 'returned', payload: JSON.stringify(result) }
      } finally {
        now -= 1
      }
    },
    async close() {},
  }
  return { invoker, batches, most: () => most }
}
