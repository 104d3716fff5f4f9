import { checkDeletion } from '../invariants.ts'
import { timeByte } from '../state/time.ts'
import { ABSENT, NO_REQUEST } from '../state/values.ts'
import { recordOf, type World } from '../state/world.ts'
import type { Rule } from './step.ts'

/**
 * DynamoDB's TTL: an expired record disappears at any time, or never. The code sets `ttl` an hour after the window;
 * here the hour is nothing, which only makes more possible. A request never travels longer than that hour, so those
 * under way for this key are gone by then.
 */
export const deletion: Rule = (world, step) => {
  if (!world.configuration.ttlDeletes) return
  for (let key = 0; key < world.records.length; key++) {
    const record = recordOf(world, key)
    if (record.status === ABSENT || record.expires === 0) continue
    if (world.guards['ttl-after-window'] && record.expires >= timeByte(0)) continue
    step('DynamoDB', `TTL deletes record ${key + 1}`, false, () => {
      world.see('TTL deletion')
      checkDeletion(world, record)
      remove(world, key)
    })
  }
}

/** What the invariants remember of the record survives it. */
function remove(world: World, key: number): void {
  const record = recordOf(world, key)
  const { highFence, effects, excused, made, everMade } = record
  record.erase()
  record.highFence = highFence
  record.effects = effects
  record.excused = excused
  record.made = made
  record.everMade = everMade
  for (const late of world.late) if (late.kind !== NO_REQUEST && late.key === key) late.erase()
}
