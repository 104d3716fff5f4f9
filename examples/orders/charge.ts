import { appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Claim } from 'oncekit'
import type { Order } from './order.ts'

const { ORDERS_LEDGER = join(tmpdir(), 'orders-ledger.ndjson') } = process.env

/** One line of the effect ledger: money that has moved. */
export interface LedgerEntry {
  readonly orderId: string
  readonly messageId: string
  readonly cents: number
  readonly currency: string
  /** What a payment provider would deduplicate by: the same for every attempt at this order. */
  readonly chargeKey: string
  readonly pid: number
  readonly attempt: number
  readonly fence: number
  /** Epoch milliseconds. */
  readonly time: number
}

/**
 * Stands for a payment provider that takes some time and then charges: one line, appended to a file by one write.
 * It deduplicates nothing, so that a repeated charge shows.
 */
export async function charge(order: Order, messageId: string, claim: Claim): Promise<void> {
  await sleep(5 + (Number(order.orderId.slice(-2)) % 36))
  const entry: LedgerEntry = {
    orderId: order.orderId,
    messageId,
    cents: order.totalCents,
    currency: order.currency,
    chargeKey: claim.keyFor('charge'),
    pid: process.pid,
    attempt: claim.attempt,
    fence: claim.fence,
    time: Date.now(),
  }
  appendFileSync(ORDERS_LEDGER, `${JSON.stringify(entry)}\n`)
}
