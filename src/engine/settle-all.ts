import type { Batch } from './batch.ts'
import { at } from './invocation.ts'
import { type Handled, settleEntry } from './settle-entry.ts'

/**
 * Settles a whole batch at once, by how its messages were handled, in the order of `batch.runnable`. What is not
 * settled when the answer must leave is unknown. Never rejects.
 */
export async function settleAll(batch: Batch, handled: readonly Handled[]): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const cancel = at(batch.settings.runtime, batch.invocation.answerBy, resolve)
  const settlements = batch.runnable.map((entry, index) => {
    const one = handled[index]
    return one && settleEntry(batch, entry, one)
  })
  await Promise.race([Promise.all(settlements), late])
  cancel()
}
