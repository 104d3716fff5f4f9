import type { Runtime } from '../../runtime/runtime.ts'

const BASE_MS = 25
const CAP_MS = 1_000

/**
 * Waits before attempt number `attempt` (from 1): full jitter, 25 ms doubling to 1 s.
 * @returns false, at once, when the wait would end after the deadline (monotonic ms)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backOff(runtime: Runtime, attempt: number, deadline: number): Promise<boolean> {
  const wait = runtime.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt)
  if (runtime.monotonic() + wait >= deadline) return Promise.resolve(false)
  return new Promise((resolve) => {
    runtime.after(wait, () => resolve(true))
  })
}
