import type { View } from '../dynamodb/item.ts'
import type { Host } from '../host.ts'
import type { Invocation } from '../invocation.ts'
import type { ClaimRecord } from './claims.ts'

/** Who drew an owner token: a claim may land when a later invocation is running. */
interface Drawing {
  /** The invocation that began last. */
  readonly invocation: number
  /** All that were under way then, if there were several. */
  readonly others: readonly Invocation[] | undefined
}

/** Every claim that was granted, by all that it is asked for by. */
export class ClaimBook {
  #claims = new Map<string, ClaimRecord>()
  #latest = new Map<string, ClaimRecord>()
  #inInvocation = new Map<string, ClaimRecord>()
  #byInvocation = new Map<number, ClaimRecord[]>()
  #drawn = new Map<string, Drawing>()

  drew(token: string, drawing: Drawing): void {
    this.#drawn.set(token, drawing)
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
  register(id: string, now: View, host: Host, key: string): ClaimRecord | undefined {
    if (this.byFence(id, now.fence, host.number)?.owner === now.owner) return undefined
    const { invocation = 0, others = [] } = this.#drawn.get(now.owner) ?? {}
    const possible = others.filter((one) => one.has(key))
    const [only] = possible
    const claim: ClaimRecord = {
      id,
      owner: now.owner,
      fence: now.fence,
      attempts: now.attempts,
      fingerprint: now.fingerprint,
      host,
      invocation: possible.length === 1 && only !== undefined ? only.batch.number : invocation,
      ambiguous: possible.length > 1,
      leaseUntil: now.leaseUntil,
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
