import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'
import { at } from './invocation.ts'
import { type Handled, settleEntry } from './settle-entry.ts'

/**
 * Settles at once what a handler of the whole batch was given, by how each message was handled. What is not settled when
 * the answer must leave is unknown. Never rejects.
 */
export async function settleAll(batch: Batch, handled: ReadonlyMap<Entry, Handled>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const cancel = at(batch.settings.runtime, batch.invocation.answerBy, resolve)
  const settlements = Array.from(handled, ([entry, one]) => settleEntry(batch, entry, one))
  await Promise.race([Promise.all(settlements), late])
  cancel()
}
