// What a worker process runs: the example's handler with short times, its events sent to the demo, and a payment
// provider that sometimes refuses.
import { type OnceEvent, sqsHandler } from 'oncekit'
import { chargeOrder, options } from '../handler.ts'
import { demoFaults } from './fault-plan.ts'
import { CLOCK_ERROR_MS, DEADLINE_RESERVE_MS, LEASE_GRACE_MS } from './settings.ts'

const { ORDERS_SEED = '' } = process.env
const faults = demoFaults(Number(ORDERS_SEED), ORDERS_SEED !== '')

/** What the demo gets to see of an event: all of it but the error itself. */
export type WorkerMessage = { readonly type: 'demo:event'; readonly event: OnceEvent }

function observer(event: OnceEvent): void {
  const message: WorkerMessage = {
    type: 'demo:event',
    event: 'error' in event ? { ...event, error: undefined } : event,
  }
  process.send?.(message)
}

class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused'
}

export const handler = sqsHandler(
  {
    ...options,
    observer,
    logger: false,
    leaseGraceMs: LEASE_GRACE_MS,
    clockErrorMs: CLOCK_ERROR_MS,
    deadlineReserveMs: DEADLINE_RESERVE_MS,
  },
  async (message, claim) => {
    if (claim.attempt === 1 && faults.providerFails(message.body.orderId)) {
      throw new PaymentRefused('The card network is not available.')
    }
    await chargeOrder(message, claim)
  },
)
