import type { Configuration } from '../configuration.ts'
import { BASE, EXACT_CLOCKS, NO_FAULTS } from './base.ts'

const MANAGED: Configuration = {
  ...BASE,
  ...EXACT_CLOCKS,
  hardKill: false,
  managed: true,
  extends: true,
  wholeCondition: false,
}

/** Processes that nobody kills or freezes: handlers outlive their answer. */
export const managedWorlds: readonly Configuration[] = [
  {
    ...MANAGED,
    name: 'managed',
    purpose:
      'no kill and no freeze: invocations interleave in one process and in another; a handler outlives its answer or hangs, its lease is extended up to a bound',
    skews: [0, 0, 0],
    processes: [0, 0, 1],
    deadline: 1,
    faults: { ...NO_FAULTS, hang: 1 },
    mustSee: [
      'lease extended',
      'lease extended after the response',
      'late success completed',
      'left at its bound',
      'repeated effect',
      'takeover',
      'given back',
    ],
  },
  {
    ...MANAGED,
    name: 'managed late',
    purpose: 'the same with one request that comes late or twice: an old extension after a newer one',
    processes: [0, 0],
    window: 4,
    faults: { ...NO_FAULTS, network: 1, late: 1 },
    mustSee: ['extension below a newer lease', 'late settlement', 'late success completed', 'takeover'],
  },
  {
    ...MANAGED,
    name: 'managed poison',
    purpose: 'handlers that outlive their answer or hang, and limited attempts: poisoned at takeover',
    processes: [0, 0],
    deadline: 1,
    maxAttempts: 2,
    maxReceives: 4,
    faults: { ...NO_FAULTS, hang: 1 },
    mustSee: [
      'poisoned at takeover',
      'left at its bound',
      'late success completed',
      'given back',
      'dead letter',
    ],
  },
]
