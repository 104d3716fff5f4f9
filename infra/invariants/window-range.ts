import { LONGEST_DURATION_MS } from '../../src/options/durations.ts'
import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

/**
 * The deduplication window is a whole number of seconds, at most ten years: what the handler accepts in `ONCEKIT_TTL`.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export const windowRange: Invariant = {
  id: 'window-range',
  severity: 'throw',
  reason:
    'The function reads the window as whole seconds from its environment and refuses anything else at start.',
  page: PAGES.timeToLive,
  check: ({ ttlMs }) =>
    ttlMs === undefined || (ttlMs >= 1000 && ttlMs <= LONGEST_DURATION_MS && ttlMs % 1000 === 0)
      ? undefined
      : {
          found: `The deduplication window (ttl) is ${ttlMs}ms.`,
          fix: `Set ttl to whole seconds, from 1s to ${spell(LONGEST_DURATION_MS)}.`,
        },
}
