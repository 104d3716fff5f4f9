import type { Runtime } from '../../runtime/runtime.ts'
import { CallTimeoutError } from './failures.ts'

const BASE_MS = 25
const CAP_MS = 1_000

/**
 * Waits before attempt number `attempt` (from 1): full jitter, 25 ms doubling to 1 s, and never more than half of what is
 * left, so that there is time for the attempt. One that was cut has been waited for already.
 * @returns false, at once, when too little is left before the deadline (monotonic ms)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backOff(
  runtime: Runtime,
  attempt: number,
  deadline: number,
  failure?: unknown,
): Promise<boolean> {
  const left = deadline - runtime.monotonic()
  if (failure instanceof CallTimeoutError) return Promise.resolve(left >= 1)
  const wait = runtime.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt, left / 2)
  if (left < BASE_MS || wait >= left) return Promise.resolve(false)
  return new Promise((resolve) => {
    runtime.after(wait, () => resolve(true))
  })
}
