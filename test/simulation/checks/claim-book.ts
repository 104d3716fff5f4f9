import type { View } from '../dynamodb/item.ts'
import type { Host } from '../host.ts'
import type { ClaimRecord } from './claims.ts'

/** Every claim that was granted, by all that it is asked for by. */
export class ClaimBook {
  #claims = new Map<string, ClaimRecord>()
  #latest = new Map<string, ClaimRecord>()
  #inInvocation = new Map<string, ClaimRecord>()
  #byInvocation = new Map<number, ClaimRecord[]>()
  /** The invocation that drew each owner token: a claim may land when a later one is running. */
  #drawnIn = new Map<string, number>()

  drew(token: string, invocation: number): void {
    this.#drawnIn.set(token, invocation)
  }

  byFence(id: string, fence: number, hostNumber: number): ClaimRecord | undefined {
    return this.#claims.get(`${id} ${fence} ${hostNumber}`)
  }

  /** The claim that a record shows, whoever wrote it. */
  shownBy(id: string, { owner, fence }: View): ClaimRecord | undefined {
    const claim = this.byFence(id, fence, hostNumberOf(owner))
    return claim?.owner === owner ? claim : undefined
  }

  latestOf(id: string, host: Host): ClaimRecord | undefined {
    return this.#latest.get(`${id} ${host.number}`)
  }

  /** The last claim of this record by that invocation. */
  in(id: string, host: Host, invocation: number): ClaimRecord | undefined {
    return this.#inInvocation.get(`${id} ${host.number} ${invocation}`)
  }

  /** Every claim whose token that invocation drew. */
  of(invocation: number): readonly ClaimRecord[] {
    return this.#byInvocation.get(invocation) ?? []
  }

  /** @returns the claim; `undefined`: one that arrived twice after its record was deleted is still the same */
  register(id: string, now: View, host: Host, appliedAt: number): ClaimRecord | undefined {
    if (this.byFence(id, now.fence, host.number)?.owner === now.owner) return undefined
    const claim: ClaimRecord = {
      id,
      owner: now.owner,
      fence: now.fence,
      attempts: now.attempts,
      fingerprint: now.fingerprint,
      host,
      invocation: this.#drawnIn.get(now.owner) ?? 0,
      leaseUntil: now.leaseUntil,
      appliedAt,
      completed: false,
      givenBack: false,
      handedOver: false,
      extended: false,
      seenAgain: false,
      completionSeenAt: undefined,
      execution: undefined,
    }
    this.#claims.set(`${id} ${now.fence} ${host.number}`, claim)
    this.#latest.set(`${id} ${host.number}`, claim)
    this.#inInvocation.set(`${id} ${host.number} ${claim.invocation}`, claim)
    const claims = this.#byInvocation.get(claim.invocation)
    if (claims === undefined) this.#byInvocation.set(claim.invocation, [claim])
    else claims.push(claim)
    return claim
  }
}

function hostNumberOf(owner: string): number {
  return Number(/^token-(\d+)-/.exec(owner)?.[1])
}
