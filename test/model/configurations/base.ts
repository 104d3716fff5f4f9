import type { Configuration } from '../configuration.ts'
import { ENDLESS, timeByte } from '../state/time.ts'

/**
 * What every world starts from. One tick is the clock error, so
 * margin = 2 ticks; invocation 2, grace 1, reserve 1.
 */
export const BASE: Configuration = {
  name: 'base',
  purpose: '',
  messages: [{ key: 0, payload: 1 }],
  keys: 1,
  skews: [-1, 1],
  slotsPerHost: 1,
  thaws: false,
  batchSize: 1,
  fifo: false,
  transactional: false,
  hardKill: true,
  managed: false,
  deadline: 2,
  grace: 1,
  reserve: 1,
  clockError: 1,
  window: 6,
  visibility: 1,
  returnsAtOnce: true,
  maxReceives: 0,
  maxAttempts: 0,
  wholeCondition: true,
  extends: false,
  ttlDeletes: false,
  initial: 'absent',
  faults: { network: 0, crash: 0, duplicate: 0, error: 0, resend: 0, hang: 0, late: 0 },
  waived: ['I10'],
  mustSee: [],
}

/** Where clocks play no part: no clock error, so no margin. */
export const EXACT_CLOCKS: Pick<Configuration, 'skews' | 'clockError' | 'grace' | 'window'> = {
  skews: [0, 0],
  clockError: 0,
  grace: 0,
  window: 3,
}
/** A window that never ends: its byte is the one that does not sink. */
export const LONG = ENDLESS - timeByte(0)
export const NO_FAULTS: Configuration['faults'] = BASE.faults
export const ONE_MESSAGE = [{ key: 0, payload: 1 }]
