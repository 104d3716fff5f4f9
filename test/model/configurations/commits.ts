import type { Configuration } from '../configuration.ts'
import { BASE, EXACT_CLOCKS, NO_FAULTS } from './base.ts'

/** Effects that commit with the completion, and executions that outlive their lease. */
export const commitWorlds: readonly Configuration[] = [
  {
    ...BASE,
    name: 'transactional',
    purpose:
      'the effect commits with the completion; overruns, TTL, lost answers, a crash; no hard kill, so no clock assumption',
    transactional: true,
    hardKill: false,
    ttlDeletes: true,
    wholeCondition: false,
    ...EXACT_CLOCKS,
    faults: { ...NO_FAULTS, network: 2, crash: 1 },
    waived: ['I1', 'I10'],
    mustSee: [
      'takeover',
      'own completion recognised',
      'lease lost at completion',
      'completed by another owner',
    ],
  },
  {
    ...BASE,
    name: 'transactional payloads',
    purpose:
      'two payloads under one key and no hard kill: a commit that fails must not count as the other payload',
    messages: [
      { key: 0, payload: 1 },
      { key: 0, payload: 2 },
    ],
    transactional: true,
    hardKill: false,
    ttlDeletes: true,
    wholeCondition: false,
    ...EXACT_CLOCKS,
    faults: NO_FAULTS,
    waived: ['I1', 'I10'],
    mustSee: ['payload mismatch', 'completed by another owner', 'completed with another payload'],
  },
  {
    ...BASE,
    name: 'transactional zombie',
    purpose: 'the same with handlers left behind and thawed after their lease, who commit late',
    transactional: true,
    ttlDeletes: true,
    extends: true,
    slotsPerHost: 2,
    thaws: true,
    wholeCondition: false,
    maxReceives: 3,
    ...EXACT_CLOCKS,
    faults: NO_FAULTS,
    mustSee: [
      'takeover',
      'lease lost at completion',
      'zombie settled',
      'lease extended after the response',
      'TTL deletion',
    ],
  },
  {
    ...BASE,
    name: 'overrun',
    purpose: 'no hard kill: executions outlive lease and window; I2 to I9 hold without it',
    hardKill: false,
    ttlDeletes: true,
    ...EXACT_CLOCKS,
    faults: { ...NO_FAULTS, network: 1 },
    waived: ['I1', 'I10'],
    mustSee: [
      'completion of an absent record',
      'completed by another owner',
      'lease lost at completion',
      'repeated effect',
    ],
  },
]
