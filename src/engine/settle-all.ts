import type { Batch } from './batch.ts'
import { type Handled, settleEntry } from './settle-entry.ts'

/**
 * Settles a whole batch at once, by how its messages were handled, in the order of `batch.runnable`. What is not
 * settled when the answer must leave is unknown. Never rejects.
 */
export function settleAll(batch: Batch, handled: readonly Handled[]): Promise<void> {
  const { runnable, invocation } = batch
  const { runtime } = batch.settings
  return new Promise((resolve) => {
    let cancel: () => void = () => {}
    if (Number.isFinite(invocation.answerBy)) {
      cancel = runtime.after(Math.max(0, invocation.answerBy - runtime.monotonic()), resolve)
    }
    const settlements = runnable.map((entry, index) => {
      const one = handled[index]
      return one === undefined ? undefined : settleEntry(batch, entry, one)
    })
    void Promise.all(settlements).then(() => {
      cancel()
      resolve()
    })
  })
}
