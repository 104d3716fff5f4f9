import type { BatchStatementResponse } from '@aws-sdk/client-dynamodb'
import type { CallContext, Settlement, SettleOutcome } from '../contract.ts'
import { STATEMENTS_PER_REQUEST } from './claim-many.ts'
import type { Connection } from './connection.ts'
import { isAccessDenied, isMisconfigured } from './failures.ts'
import { recordOf } from './item.ts'
import { isUnreadable, readMany } from './read.ts'
import { done, settleFound, settleOne } from './settle-one.ts'
import type { Statements } from './statements.ts'

/** Requests in flight when full batches pile up; without a full batch there is one. */
const REQUESTS_IN_FLIGHT = 4

interface Pending {
  readonly settlement: Settlement
  readonly context: CallContext
  readonly resolve: (outcome: SettleOutcome) => void
}

/**
 * Group commit: a settlement leaves at the end of the turn in which it came, with all that came in the same turn,
 * when nothing is in flight; those that arrive meanwhile go together in the next request. Nothing lingers on
 * purpose, because a completed effect that waits for its neighbours is repeated if the process dies.
 */
export class GroupCommit {
  #connection: Connection
  #statements: Statements
  #pending: Pending[] = []
  #inFlight = 0
  #scheduled = false

  constructor(connection: Connection, statements: Statements) {
    this.#connection = connection
    this.#statements = statements
  }

  settle(settlement: Settlement, context: CallContext): Promise<SettleOutcome> {
    return new Promise((resolve) => {
      this.#pending.push({ settlement, context, resolve })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled || this.#pending.length === 0) return
    const full = this.#pending.length >= STATEMENTS_PER_REQUEST
    if (this.#inFlight >= (full ? REQUESTS_IN_FLIGHT : 1)) return
    this.#scheduled = true
    this.#connection.runtime.endOfTurn(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    while (this.#pending.length > 0) {
      const full = this.#pending.length >= STATEMENTS_PER_REQUEST
      if (this.#inFlight >= (full ? REQUESTS_IN_FLIGHT : 1)) return
      this.#inFlight++
      void this.#commit(this.#take()).then(() => {
        this.#inFlight--
        this.#schedule()
      })
    }
  }

  /** The next group: as many as fit, no id twice, since DynamoDB refuses a whole request that names an item twice. */
  #take(): readonly Pending[] {
    const group: Pending[] = []
    const rest: Pending[] = []
    const ids = new Set<string>()
    for (const pending of this.#pending) {
      const { id } = pending.settlement.claim
      if (group.length === STATEMENTS_PER_REQUEST || ids.has(id)) rest.push(pending)
      else {
        ids.add(id)
        group.push(pending)
      }
    }
    this.#pending = rest
    return group
  }

  /** Sends one group and resolves each of its settlements. Never rejects. */
  async #commit(group: readonly Pending[]): Promise<void> {
    const connection = this.#connection
    const alone = group.length === 1 ? group[0] : undefined
    if (alone !== undefined || !connection.batching) return this.#oneByOne(group)
    const deadline = Math.max(...group.map((pending) => pending.context.deadline))
    let responses: readonly BatchStatementResponse[]
    try {
      responses = await connection.execute(
        group.map((pending) => this.#statements.settle(pending.settlement)),
        deadline,
      )
    } catch (error) {
      if (isAccessDenied(error)) this.#deny(group, error)
      else if (isMisconfigured(error) && !group.some(hasResult)) {
        for (const pending of group) pending.resolve({ kind: 'unknown', error })
        return
      }
      // Whether it was applied is unknown: each asks for itself, and recognises its own write.
      return this.#oneByOne(group)
    }
    const failed: Pending[] = []
    const again: Pending[] = []
    for (const [index, pending] of group.entries()) {
      const response = responses[index]
      const code = response?.Error?.Code
      if (response !== undefined && response.Error === undefined) pending.resolve(done(pending.settlement))
      else if (code === 'ConditionalCheckFailed' && response?.Error?.Item !== undefined) {
        const found = recordOf(response.Error.Item)
        void settleFound(connection, pending.settlement, pending.context.deadline, found).then(
          pending.resolve,
        )
      } else if (code === 'ConditionalCheckFailed') failed.push(pending)
      else {
        if (code === 'AccessDenied') this.#deny(group, response?.Error)
        again.push(pending)
      }
    }
    await Promise.all([this.#judge(failed, deadline), this.#oneByOne(again)])
  }

  /** Settlements whose condition failed without saying what was found: read all in one request, then judge each. */
  async #judge(failed: readonly Pending[], deadline: number): Promise<void> {
    if (failed.length === 0) return
    const ids = failed.map((pending) => pending.settlement.claim.id)
    const found = await readMany(this.#connection, ids, deadline, (error) => this.#deny(failed, error))
    await Promise.all(
      failed.map(async ({ settlement, context, resolve }) => {
        const record = found.get(settlement.claim.id)
        if (isUnreadable(record)) resolve({ kind: 'unknown', error: record.unreadable })
        else resolve(await settleFound(this.#connection, settlement, context.deadline, record))
      }),
    )
  }

  async #oneByOne(group: readonly Pending[]): Promise<void> {
    await Promise.all(
      group.map(async ({ settlement, context, resolve }) => {
        resolve(await settleOne(this.#connection, settlement, context.deadline))
      }),
    )
  }

  #deny(group: readonly Pending[], error: unknown): void {
    if (!this.#connection.batching) return
    this.#connection.batching = false
    for (const { context } of group.slice(0, 1)) {
      context.notify?.({ kind: 'batch-denied', operation: 'BatchExecuteStatement', error })
    }
  }
}

function hasResult(pending: Pending): boolean {
  return pending.settlement.kind === 'complete' && pending.settlement.result !== undefined
}
