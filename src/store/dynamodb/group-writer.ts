import type { CallContext } from '../contract.ts'
import type { Connection } from './connection.ts'
import { isAccessDenied, isConditionFailure, isMisconfigured } from './failures.ts'
import { recordOf } from './item.ts'
import { type ReadResult, readMany } from './read.ts'
import { type Written, writeOne, writtenOver } from './single.ts'
import { toStatement, type Write } from './write.ts'

/** BatchExecuteStatement's own limit. */
const STATEMENTS_PER_REQUEST = 25

/** How long one request keeps others waiting. Many times what an answer takes: below it, waiting groups more. */
const PATIENCE_MS = 250

/** How a writer treats what it is given. */
export interface WriterOptions {
  /** Requests in flight while no full group waits. */
  readonly inFlight: number
  /** Requests in flight when full groups pile up. */
  readonly fullInFlight: number
  /**
   * Tries of a write by itself. With one try, what fails as a whole request is not tried again, unless another's
   * deadline cut it or the batch form is denied.
   */
  readonly tries: number
}

interface Pending {
  readonly write: Write
  readonly context: CallContext
  readonly resolve: (written: Written | Promise<Written>) => void
}

/**
 * Conditional writes, many to a request: a write leaves at the end of the turn in which it came, with all that came in
 * the same turn, when few enough requests are in flight; those that arrive meanwhile go together in the next one.
 * Nothing lingers on purpose, because a completed effect that waits for its neighbours is repeated if the process dies.
 */
export class GroupWriter {
  readonly #connection: Connection
  readonly #options: WriterOptions
  #pending: Pending[] = []
  #inFlight = 0
  #scheduled = false

  constructor(connection: Connection, options: WriterOptions) {
    this.#connection = connection
    this.#options = options
  }

  /** Never rejects. What a batch cannot serve is sent by itself. */
  write(write: Write, context: CallContext): Promise<Written> {
    return new Promise((resolve) => {
      this.#pending.push({ write, context, resolve })
      this.#schedule()
    })
  }

  #mayStart(): boolean {
    const { length } = this.#pending
    const { inFlight, fullInFlight } = this.#options
    return length > 0 && this.#inFlight < (length >= STATEMENTS_PER_REQUEST ? fullInFlight : inFlight)
  }

  #schedule(): void {
    if (this.#scheduled || !this.#mayStart()) return
    this.#scheduled = true
    this.#connection.runtime.endOfTurn(() => {
      this.#scheduled = false
      while (this.#mayStart()) this.#start()
    })
  }

  /** Sends a group. Its place is free when all have their answers, or sooner: one that hangs must not hold up the rest. */
  #start(): void {
    let taken = true
    const free = (): void => {
      if (taken) this.#inFlight--
      taken = false
      this.#schedule()
    }
    this.#inFlight++
    const cancel = this.#connection.runtime.after(PATIENCE_MS, free)
    void this.#commit(this.#take()).then(() => {
      cancel()
      free()
    })
  }

  /** The next group: as many as fit, no id twice, since DynamoDB refuses a whole request that names an item twice. */
  #take(): readonly Pending[] {
    const group = new Map<string, Pending>()
    this.#pending = this.#pending.filter((pending) => {
      const { id } = pending.write
      if (group.size === STATEMENTS_PER_REQUEST || group.has(id)) return true
      group.set(id, pending)
      return false
    })
    return [...group.values()]
  }

  /** Resolves when all of the group have their answers. */
  async #commit(group: readonly Pending[]): Promise<void> {
    const connection = this.#connection
    const { tries } = this.#options
    const [first] = group
    if (first === undefined) return
    // Calls of several invocations may share a request. The first deadline ends it.
    const deadline = Math.min(...group.map(({ context }) => context.deadline))
    const context = { ...first.context, deadline }
    const executed =
      group.length > 1
        ? await connection.execute(
            group.map(({ write }) => toStatement(connection.table, write)),
            context,
          )
        : undefined
    const unread: string[] = []
    let reading: Promise<ReadonlyMap<string, ReadResult>> | undefined
    const answers = group.map((pending, index) => {
      const answer = answerOf(pending, index)
      pending.resolve(answer)
      return answer
    })
    await Promise.all(answers)

    function answerOf({ write, context: own }: Pending, index: number): Written | Promise<Written> {
      const alone = () => writeOne(connection, write, own.deadline, tries)
      if (executed === undefined) return alone()
      if ('failed' in executed) {
        return tries > 1 || isAccessDenied(executed.failed) || own.deadline > deadline ? alone() : executed
      }
      const response = executed.responses[index]
      const failure = response?.Error
      if (response !== undefined && failure === undefined) return { old: undefined }
      if (!isConditionFailure(failure)) {
        // Throttled, denied as a batch, failed inside or not answered: the SDK does not come back for statements.
        return isMisconfigured(failure) && !isAccessDenied(failure) ? { failed: failure } : alone()
      }
      if (failure?.Item !== undefined) return { met: recordOf(failure.Item) }
      const { id } = write
      unread.push(id)
      // One read, sent when all that need it are known.
      reading ??= Promise.resolve().then(() => readMany(connection, unread, context))
      return reading.then((found) => writtenOver(found.get(id)))
    }
  }
}
