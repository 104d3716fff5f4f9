import { type FaultPlan, seededFaults } from '../servers/fault-plan.ts'
import type { LoggedFault } from './evidence.ts'
import { recordIdsIn } from './record-id.ts'
import { DELAY_MS, FAULT_RATES } from './settings.ts'

/** The proxy's faults by seed; each is written down with the records that its request names. */
export function loggedFaults(seed: number, log: LoggedFault[]): FaultPlan {
  const draw = seededFaults({ seed, rates: FAULT_RATES, delayMs: DELAY_MS })
  return (request) => {
    const fault = draw(request)
    if (fault) {
      const { operation, body } = request
      log.push({ kind: fault.kind, operation, ids: recordIdsIn(body.toString('latin1')), time: Date.now() })
    }
    return fault
  }
}
