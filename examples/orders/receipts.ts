import { appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Claim, type Message, type Options, sqsHandler } from 'oncekit'
import { Order } from './order.ts'

const { RECEIPTS_LEDGER = join(tmpdir(), 'receipts-ledger.ndjson') } = process.env

/** One line of the effect ledger: a receipt that has been sent. */
export interface Receipt {
  readonly orderId: string
  readonly to: string
  readonly cents: number
  readonly currency: string
  /** What a mail service would deduplicate by: the same for every attempt at this receipt. */
  readonly mailKey: string
}

export const options = {
  schema: Order,
  key: (message) => ['receipt', message.body.orderId],
} satisfies Options<typeof Order>

/** Stands for a mail service: one line, appended to a file by one write. It deduplicates nothing. */
export async function sendReceipt({ body }: Message<Order>, claim: Claim): Promise<void> {
  const receipt: Receipt = {
    orderId: body.orderId,
    to: body.customer.email,
    cents: body.totalCents,
    currency: body.currency,
    mailKey: claim.keyFor('receipt'),
  }
  appendFileSync(RECEIPTS_LEDGER, `${JSON.stringify(receipt)}\n`)
}

export const handler = sqsHandler(options, sendReceipt)
