import type { Outcome } from '../observe/events.ts'
import type { Message } from '../protocol/message.ts'
import type { ClaimOrigin, HeldClaim } from '../store/contract.ts'

/** One message of a batch, keyed: what the engine is given. */
export interface Delivery {
  readonly messageId: string
  readonly message: Message<unknown>
  /** Record id. */
  readonly id: string
  readonly fingerprint: string | undefined
}

/** One record of the batch on its way through claim, run and settle. */
export class Entry {
  readonly messageId: string
  /** `undefined`: the record was refused before it had a key. */
  readonly delivery: Delivery | undefined
  /** FIFO group; `undefined` on a standard queue. */
  readonly group: string | undefined
  /** The record of the same key that runs for both. */
  leader: Entry | undefined
  /** Whether any record with this key was delivered before. */
  redelivered = false
  /** Owner token of the claim attempt. */
  owner = ''
  claim: HeldClaim | undefined
  origin: ClaimOrigin | undefined
  /** End of the own lease on the monotonic clock. */
  leaseEndsAt = 0
  /** Its own signal, only where leases are extended; else the batch's. */
  controller: AbortController | undefined
  /** Runs without a record, because the store did not answer and the option allows it. */
  failOpen = false
  /** How it is told if the batch is answered now: handed over, its effect may have happened. */
  soFar: 'not-started' | 'unsettled' | 'unknown-completion' = 'not-started'
  /** Set once, at the end. */
  outcome: Outcome | undefined
  /** Only a confirmed completion acknowledges. */
  acknowledged = false

  constructor(messageId: string, delivery: Delivery | undefined, group: string | undefined) {
    this.messageId = messageId
    this.delivery = delivery
    this.group = group
  }
}
