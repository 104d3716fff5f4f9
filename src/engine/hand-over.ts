import { LeaseLostError, NOT_BEGUN } from '../errors/lease-lost-error.ts'
import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'
import { giveBack } from './give-back.ts'
import { keepLeases } from './keep-leases.ts'

/**
 * What a handler of the whole batch is given: what may run, in the order of the batch, except after a record of its lane
 * that is refused already. The rest is given back: also all of it, where the claims themselves have taken the time.
 */
export function handOver(batch: Batch): readonly Entry[] {
  const { settings, invocation } = batch
  const now = settings.runtime.monotonic()
  const late = now >= invocation.stopAt
  const refused = new Set<string | undefined>()
  const given: Entry[] = []
  const back: Entry[] = []
  for (const entry of batch.entries) {
    const { outcome, acknowledged } = entry.leader ?? entry
    if (outcome && !acknowledged) refused.add(entry.lane)
    if (entry.leader || outcome) continue
    if (!entry.granted) refused.add(entry.lane)
    else if (late || refused.has(entry.lane)) back.push(entry)
    else if (now >= entry.leaseEndsAt) {
      batch.held.delete(entry)
      batch.end(entry, 'lease-lost', new LeaseLostError(NOT_BEGUN))
      refused.add(entry.lane)
    } else given.push(entry)
  }
  for (const entry of back) batch.end(entry, 'not-started')
  giveBack(batch, back)
  keepLeases(batch)
  return given
}
