import { Coverage } from './coverage.ts'
import { EventHeap, type SimulatedEvent } from './event-heap.ts'
import { Random } from './random.ts'
import { Violation } from './violation.ts'

/** Whoever an event belongs to; a dead one gets nothing any more, a frozen one gets it when it thaws. */
export interface Recipient {
  readonly dead: boolean
  readonly frozen: boolean
  /** Called with events that came due while frozen. */
  keep(event: SimulatedEvent): void
}

/** More events than any seed needs: a run that reaches it does not come to an end. */
const MAX_EVENTS = 100_000

/**
 * Virtual time, the one queue of events, and the record of what happened. An event runs in a turn of the real event
 * loop of its own, so every promise that it settles has run to its next wait before the next event: the same seed
 * gives the same order on every machine, and wall time has no part in it.
 */
export class World {
  /** The world whose turn it is: whatever happens outside any event in this turn is its doing. */
  static current: World | undefined
  readonly seed: number
  readonly random: Random
  readonly coverage = new Coverage()
  /** True time, epoch ms. */
  time = 1_700_000_000_000
  readonly startedAt: number = this.time
  /** Events run so far. */
  steps = 0
  /** FNV-1a over everything noted. */
  hash = 0x811c9dc5
  violation: Violation | undefined
  /** Lines of the trace; `undefined` when nobody wants to read them. */
  readonly trace: string[] | undefined
  #heap = new EventHeap()
  #order = 0
  #finished: (() => void) | undefined

  constructor(seed: number, tracing: boolean) {
    this.seed = seed
    this.random = new Random(seed, 1)
    this.trace = tracing ? [] : undefined
  }

  /** Runs `callback` after `delay` ms of virtual time. */
  after(delay: number, recipient: Recipient | undefined, callback: () => void): SimulatedEvent {
    const event: SimulatedEvent = {
      at: this.time + delay,
      order: this.#order++,
      recipient,
      callback,
      cancelled: false,
    }
    this.#heap.push(event)
    return event
  }

  /** Puts an event that had been kept back into the queue again, due now. */
  requeue(event: SimulatedEvent): void {
    event.at = this.time
    event.order = this.#order++
    this.#heap.push(event)
  }

  /** The code that runs now keeps the processor for so long: nothing else happens meanwhile. */
  burn(ms: number): void {
    this.time += ms
  }

  /** Mixes what happened into the hash; with a trace also as text, built only then. */
  note(code: number, detail: number): void {
    this.hash = Math.imul(this.hash ^ code, 0x01000193)
    this.hash = Math.imul(this.hash ^ detail, 0x01000193)
    this.hash = Math.imul(this.hash ^ ((this.time - this.startedAt) | 0), 0x01000193)
  }

  say(line: string): void {
    this.trace?.push(`${String(this.time - this.startedAt).padStart(8)} ${line}`)
  }

  /** Records the first broken invariant and ends the run. */
  fail(invariant: string, message: string): void {
    if (this.violation !== undefined) return
    this.violation = new Violation(invariant, message, this.seed, this.steps)
    this.say(`VIOLATION of ${invariant}: ${message}`)
  }

  /** Runs events until none is left, the first violation, or `finish`. */
  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#finished = resolve
      setImmediate(this.#turn)
    })
  }

  finish(): void {
    this.#heap.clear()
  }

  #turn = (): void => {
    const event = this.violation === undefined ? this.#next() : undefined
    if (event === undefined) {
      this.#finished?.()
      return
    }
    World.current = this
    // After a handler that kept the processor, what was due meanwhile comes late.
    this.time = Math.max(this.time, event.at)
    if (++this.steps > MAX_EVENTS) this.fail('I7', `no end after ${MAX_EVENTS} events`)
    event.callback()
    setImmediate(this.#turn)
  }

  #next(): SimulatedEvent | undefined {
    for (;;) {
      const event = this.#heap.pop()
      if (event === undefined) return undefined
      if (event.cancelled || event.recipient?.dead) continue
      if (event.recipient?.frozen) {
        event.recipient.keep(event)
        continue
      }
      return event
    }
  }
}
