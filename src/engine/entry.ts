import type { Outcome } from '../observe/events.ts'
import type { Message } from '../protocol/message.ts'
import type { ClaimOrigin, HeldClaim } from '../store/contract.ts'

/** One record of the batch on its way through claim, run and settle. */
export class Entry {
  // Declared only: a field that is defined too would be set twice.
  /** Copied: a handler may change its message. */
  declare readonly messageId: string
  declare readonly message: Message<unknown>
  /** What runs in order: the FIFO group, or the whole batch; on a standard queue each message alone. */
  declare readonly lane: string | undefined
  /** Record id; `undefined`: the record was refused before it had a key. */
  id: string | undefined
  fingerprint: string | undefined
  /** The record of the same key that runs for both. */
  leader: Entry | undefined
  /** Whether any record with this key was delivered before. */
  declare redelivered: boolean
  /** Owner token of the claim attempt. */
  owner = ''
  /** Whether it may run: claimed, or without a claim where the store did not answer and the option allows it. */
  granted = false
  claim: HeldClaim | undefined
  origin: ClaimOrigin | undefined
  /** End of the own lease on the monotonic clock. */
  leaseEndsAt = 0
  /** Its own signal, only where leases are extended; else the batch's. */
  controller: AbortController | undefined
  /** How it is told if the batch is answered now: handed over, its effect may have happened. */
  soFar: 'not-started' | 'unsettled' | 'unknown-completion' = 'not-started'
  /** Set once, at the end. */
  outcome: Outcome | undefined
  /** Only a confirmed completion acknowledges. */
  acknowledged = false

  constructor(message: Message<unknown>, lane: string | undefined) {
    this.messageId = message.messageId
    this.message = message
    this.lane = lane
    this.redelivered = message.receiveCount > 1
  }
}
