import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'

/**
 * What may run at once: each lane runs its entries in order, lanes run beside each other. On a standard queue every
 * runnable message is a lane of its own. On a FIFO queue a lane is a group with all its records, the refused ones too,
 * because the first that is not acknowledged stops the rest; with `fifo: 'batch'` the batch is one lane.
 */
export function lanesOf(batch: Batch): readonly (readonly Entry[])[] {
  if (!batch.fifo) return batch.runnable.map((entry) => [entry])
  if (batch.settings.fifo === 'batch') return [batch.entries]
  const groups = new Map<string | undefined, Entry[]>()
  for (const entry of batch.entries) {
    const group = groups.get(entry.group)
    if (group === undefined) groups.set(entry.group, [entry])
    else group.push(entry)
  }
  return [...groups.values()]
}
