import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import type {
  CallContext,
  ClaimOutcome,
  ClaimRequest,
  RecordStore,
  Settlement,
  SettleOutcome,
} from '../../src/store/contract.ts'

/** A fence such as a first claim gets. */
export const FENCE = 1_700_000_000_000

/** A claim granted on a first delivery. */
export const FRESH: ClaimOutcome = {
  kind: 'claimed',
  origin: 'fresh',
  fence: FENCE,
  attempt: 1,
  ownWrite: false,
}

export const BUSY: ClaimOutcome = { kind: 'busy', leaseUntil: FENCE + 30_000, reason: 'lease' }

const RECORD: IdempotencyRecord = {
  id: 'charge#1',
  schemaVersion: 1,
  status: 'COMPLETED',
  owner: 'somebody',
  fence: FENCE,
  attempts: 1,
  expiresAt: FENCE + 1_000_000,
  ttl: 1_700_003_600,
}

export const DUPLICATE: ClaimOutcome = { kind: 'duplicate', record: RECORD }

export const POISONED: ClaimOutcome = { kind: 'poisoned', record: { ...RECORD, status: 'POISONED' } }

export const UNAVAILABLE: ClaimOutcome = {
  kind: 'unavailable',
  error: new Error('no answer'),
  reason: 'timeout',
}

/** What a script decides of one message; `undefined` leaves it to the ordinary course. */
type Script<Question, Answer> = (
  asked: Question,
  messageId: string,
  context: CallContext,
) => Answer | undefined | Promise<Answer | undefined>

/**
 * A store without records, for outcomes that a real one gives only in rare moments. Grants every claim and confirms
 * every settlement, unless a script says otherwise.
 */
export class ScriptedStore implements RecordStore {
  /** All that was asked, in order. */
  readonly claims: ClaimRequest[] = []
  readonly settlements: Settlement[] = []
  readonly contexts: CallContext[] = []
  claimScript: Script<ClaimRequest, ClaimOutcome> = () => undefined
  settleScript: Script<Settlement, SettleOutcome> = () => undefined
  readonly #messageIds = new Map<string, string>()

  async claim(requests: readonly ClaimRequest[], context: CallContext): Promise<readonly ClaimOutcome[]> {
    this.claims.push(...requests)
    this.contexts.push(context)
    return Promise.all(
      requests.map(async (request) => {
        const { messageId = '' } = request
        this.#messageIds.set(request.id, messageId)
        return (await this.claimScript(request, messageId, context)) ?? FRESH
      }),
    )
  }

  async settle(settlements: readonly Settlement[], context: CallContext): Promise<readonly SettleOutcome[]> {
    this.settlements.push(...settlements)
    this.contexts.push(context)
    return Promise.all(
      settlements.map(async (settlement) => {
        const scripted = await this.settleScript(settlement, this.messageIdOf(settlement), context)
        return scripted ?? confirmed(settlement)
      }),
    )
  }

  /** Which message a settlement is for. */
  messageIdOf(settlement: Settlement): string {
    return this.#messageIds.get(settlement.claim.id) ?? ''
  }

  /** Message ids of all settlements of a kind, in order. */
  settled(kind: Settlement['kind']): string[] {
    return this.settlements.filter((one) => one.kind === kind).map((one) => this.messageIdOf(one))
  }
}

export function confirmed(settlement: Settlement): SettleOutcome {
  if (settlement.kind === 'complete') return { kind: 'completed', duplicateEffect: false }
  return { kind: settlement.kind === 'extend' ? 'extended' : 'released' }
}
