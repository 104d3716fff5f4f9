import type { CallContext } from '../contract.ts'
import { isWorthwhile } from './attempts.ts'
import { backOff } from './back-off.ts'
import type { Connection } from './connection.ts'
import { CallTimeoutError, isThrottled, telling } from './failures.ts'
import { type Asked, formOf, type Told, writeTogether } from './group.ts'
import { type Written, writeOne } from './single.ts'
import { tell } from './tell.ts'
import type { Write } from './write.ts'

/** BatchExecuteStatement's own limit. */
const STATEMENTS_PER_REQUEST = 25

/** As many as this are worth a request of their own beside one that is under way. */
const HALF_GROUP = 12

/** How long one request keeps others waiting. Many times what an answer takes: below it, waiting groups more. */
const PATIENCE_MS = 250

/** The end of a turn that has not come for so long was lost: somebody had put fake timers in its place. */
const LOST_TURN_MS = 100

/** Every so many attempts as a whole request the next is by single items: it may be the batch that does not get through. */
const TOGETHER_TRIES = 2

/** How a writer treats what it is given. */
export interface WriterOptions {
  /** Requests in flight while few wait. */
  readonly inFlight: number
  /** Requests in flight while half a group waits: the server works on one while the other is on its way. */
  readonly halfInFlight: number
  /** Requests in flight when full groups pile up. */
  readonly fullInFlight: number
  /** Whether it is said when a write was not confirmed by its first attempt. */
  readonly tells: boolean
}

interface Pending extends Asked {
  readonly resolve: (written: Written) => void
  tries: number
  /** What kept it from coming through last. */
  failed: unknown
  /** Whether its next attempt is a request of its own. */
  alone: boolean
}

/**
 * Conditional writes, many to a request: a write leaves at the end of the turn in which it came, with all that came in
 * the same turn, when few enough requests are in flight; those that arrive meanwhile go together in the next one.
 * Nothing lingers on purpose, because a completed effect that waits for its neighbours is repeated if the process dies.
 * What fails in passing waits with full jitter and goes again, with whatever else waits then, until its deadline.
 */
export class GroupWriter {
  readonly #connection: Connection
  readonly #options: WriterOptions
  #pending: Pending[] = []
  #inFlight = 0
  /** When the end of the turn was asked for (monotonic ms); `undefined`: it was not. */
  #scheduledAt: number | undefined

  constructor(connection: Connection, options: WriterOptions) {
    this.#connection = connection
    this.#options = options
  }

  /** Never rejects. */
  write(write: Write, context: CallContext): Promise<Written> {
    return new Promise((resolve) => {
      this.#pending.push({ write, context, resolve, tries: 0, failed: undefined, alone: false })
      this.#schedule()
    })
  }

  #mayStart(): boolean {
    const { length } = this.#pending
    const { inFlight, halfInFlight, fullInFlight } = this.#options
    if (length >= STATEMENTS_PER_REQUEST) return this.#inFlight < fullInFlight
    return length > 0 && this.#inFlight < (length >= HALF_GROUP ? halfInFlight : inFlight)
  }

  #schedule(): void {
    if (!this.#mayStart()) return
    const { runtime } = this.#connection
    const now = runtime.monotonic()
    const scheduled = this.#scheduledAt
    if (scheduled !== undefined && Math.abs(now - scheduled) < LOST_TURN_MS) return
    this.#scheduledAt = now
    runtime.endOfTurn(() => {
      this.#scheduledAt = undefined
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
    const rest: Pending[] = []
    for (const [index, pending] of this.#pending.entries()) {
      if (group.size === STATEMENTS_PER_REQUEST) {
        rest.push(...this.#pending.slice(index))
        break
      }
      const { id } = pending.write
      if (group.has(id)) rest.push(pending)
      else group.set(id, pending)
    }
    this.#pending = rest
    return [...group.values()]
  }

  /** Resolves when all of the group have their answers or wait to go again; throttled, only when they do go again. */
  async #commit(group: readonly Pending[]): Promise<void> {
    const connection = this.#connection
    const together: Pending[] = []
    const alone: Pending[] = []
    const now = connection.runtime.monotonic()
    for (const pending of group) {
      // Asked too late, or waiting since: the others are not to hurry for it.
      if (now >= pending.context.deadline) {
        pending.resolve({
          failed: pending.failed ?? new CallTimeoutError('no time left for a call', 0, true),
        })
        continue
      }
      const batched = !pending.alone && connection.forms.allows(formOf(pending.write))
      ;(batched ? together : alone).push(pending)
    }
    if (together.length === 1) alone.push(...together.splice(0))
    let again: Pending[] = []
    const waits: Promise<void>[] = []
    const told: Told<Pending> = (pending, written, whole) => {
      if (!('failed' in written)) return pending.resolve(written)
      if (!this.#mayGoAgain(pending, written.failed, whole)) {
        return pending.resolve({ failed: pending.failed })
      }
      // Those that fail in one step go again together.
      if (again.push(pending) > 1) return
      waits.push(
        Promise.resolve().then(() => {
          const failed = again
          again = []
          return this.#sendAgain(failed, written.failed)
        }),
      )
    }
    const sent = alone.map(async (pending) =>
      told(pending, await writeOne(connection, pending.write, pending.context), false),
    )
    if (together.length > 0) sent.push(writeTogether(connection, together, told))
    await Promise.all(sent)
    await Promise.all(waits)
  }

  /** Counts the attempt; whether there is reason and time for another. */
  #mayGoAgain(pending: Pending, failed: unknown, whole: boolean): boolean {
    pending.tries++
    pending.failed = telling(pending.failed, failed)
    // A statement that was left out of the answers asks for itself.
    const lone = failed === undefined || (whole && pending.tries % TOGETHER_TRIES === 0)
    pending.alone = lone && !isThrottled(failed)
    const inTime = this.#connection.runtime.monotonic() < pending.context.deadline
    return inTime && isWorthwhile(failed, pending.tries)
  }

  /** Resolves at once, or, where the table throttles, when the wait is over: nothing takes the place of what waits. */
  async #sendAgain(again: readonly Pending[], failure: unknown): Promise<void> {
    const { runtime } = this.#connection
    if (this.#options.tells) {
      // An extension confirms nothing that was done.
      const settling = again.filter(({ write }) => write.raises === undefined)
      const listeners = new Set(settling.map(({ context }) => context.notify))
      for (const notify of listeners) tell(notify, { kind: 'retrying', error: failure })
    }
    const tries = Math.max(...again.map((pending) => pending.tries))
    const deadline = Math.max(...again.map(({ context }) => context.deadline))
    const waiting = backOff(runtime, tries, deadline, failure).then((waited) => {
      const now = runtime.monotonic()
      const inTime = again.filter((pending) => {
        if (waited && now < pending.context.deadline) return true
        pending.resolve({ failed: pending.failed })
        return false
      })
      this.#pending = [...inTime, ...this.#pending]
      this.#schedule()
    })
    if (isThrottled(failure)) await waiting
  }
}
