import type { CallContext, Settlement, SettleOutcome } from '../contract.ts'
import { STATEMENTS_PER_REQUEST } from './claim-many.ts'
import type { Connection } from './connection.ts'
import { recordOf } from './item.ts'
import { isUnreadable, readMany } from './read.ts'
import { settleOne, settleWritten } from './settle-one.ts'
import type { Written } from './single.ts'
import { toStatement } from './write.ts'
import { settleWrite } from './writes.ts'

/** Requests in flight when full batches pile up; without a full batch there is one. */
const REQUESTS_IN_FLIGHT = 4

interface Pending {
  readonly settlement: Settlement
  readonly context: CallContext
  readonly resolve: (outcome: SettleOutcome | Promise<SettleOutcome>) => void
}

/**
 * Group commit: a settlement leaves at the end of the turn in which it came, with all that came in the same turn,
 * when nothing is in flight; those that arrive meanwhile go together in the next request. Nothing lingers on
 * purpose, because a completed effect that waits for its neighbours is repeated if the process dies.
 */
export class GroupCommit {
  #connection: Connection
  #pending: Pending[] = []
  #inFlight = 0
  #scheduled = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  settle(settlement: Settlement, context: CallContext): Promise<SettleOutcome> {
    return new Promise((resolve) => {
      this.#pending.push({ settlement, context, resolve })
      this.#schedule()
    })
  }

  #mayStart(): boolean {
    const { length } = this.#pending
    return length > 0 && this.#inFlight < (length >= STATEMENTS_PER_REQUEST ? REQUESTS_IN_FLIGHT : 1)
  }

  #schedule(): void {
    if (this.#scheduled || !this.#mayStart()) return
    this.#scheduled = true
    this.#connection.runtime.endOfTurn(() => {
      this.#scheduled = false
      while (this.#mayStart()) {
        this.#inFlight++
        void this.#commit(this.#take()).then(() => {
          this.#inFlight--
          this.#schedule()
        })
      }
    })
  }

  /** The next group: as many as fit, no id twice, since DynamoDB refuses a whole request that names an item twice. */
  #take(): readonly Pending[] {
    const group = new Map<string, Pending>()
    this.#pending = this.#pending.filter((pending) => {
      const { id } = pending.settlement.claim
      if (group.size === STATEMENTS_PER_REQUEST || group.has(id)) return true
      group.set(id, pending)
      return false
    })
    return [...group.values()]
  }

  /** Sends one group and resolves each of its settlements. Resolves when the request is answered; never rejects. */
  async #commit(group: readonly Pending[]): Promise<void> {
    const connection = this.#connection
    // Calls of several invocations may share a request. The first deadline ends it; whoever has more time left then
    // asks for itself.
    const [first] = group
    if (first === undefined) return
    const deadline = Math.min(...group.map(({ context }) => context.deadline))
    const context = { ...first.context, deadline }
    const statements = group.map(({ settlement }) => toStatement(connection.table, settleWrite(settlement)))
    const executed =
      group.length === 1 ? { failed: undefined } : await connection.execute(statements, context)
    const unread: Pending[] = []
    const outcomes: Promise<unknown>[] = []
    for (const [index, pending] of group.entries()) {
      const response = 'failed' in executed ? undefined : executed.responses[index]
      const failure = response?.Error
      if (response !== undefined && failure === undefined)
        outcomes.push(settled(connection, pending, { old: undefined }))
      else if (failure?.Code !== 'ConditionalCheckFailed') outcomes.push(alone(connection, pending))
      else if (failure.Item === undefined) unread.push(pending)
      else outcomes.push(settled(connection, pending, { met: recordOf(failure.Item) }))
    }
    const found = await readMany(
      connection,
      unread.map(({ settlement }) => settlement.claim.id),
      context,
    )
    for (const pending of unread) {
      const record = found.get(pending.settlement.claim.id)
      const written = isUnreadable(record) ? { failed: record.unreadable } : { met: record }
      outcomes.push(settled(connection, pending, written))
    }
    await Promise.all(outcomes)
  }
}

function settled(
  connection: Connection,
  { settlement, context, resolve }: Pending,
  written: Written,
): Promise<SettleOutcome> {
  const outcome = settleWritten(connection, settlement, context.deadline, written)
  resolve(outcome)
  return outcome
}

/** Alone in its group, or not known to have been applied: it asks for itself, and recognises its own write. */
function alone(connection: Connection, { settlement, context, resolve }: Pending): Promise<SettleOutcome> {
  const outcome = settleOne(connection, settlement, context.deadline)
  resolve(outcome)
  return outcome
}
