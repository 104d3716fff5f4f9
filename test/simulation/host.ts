import type { Runtime } from '../../src/runtime/runtime.ts'
import type { SimulatedEvent } from './event-heap.ts'
import type { Invocation } from './invocation.ts'
import type { Recipient, World } from './world.ts'

/** What a step of a host is: the points between which it can die. */
export type Step =
  | 'send'
  | 'answer'
  | 'retry'
  | 'timer'
  | 'turn'
  | 'invoke'
  | 'handler'
  | 'effect'
  | 'respond'

/** Told about every step before it happens; false: the host dies here instead. */
export type StepWatcher = (host: Host, step: Step) => boolean

/** No call of the store waits longer. */
const LONGEST_CALL_MS = 20_000

/**
 * One execution environment: its own clock, its own tokens, frozen between invocations, and dead after a kill. Code of
 * a dead host may still run to its next wait, but nothing it asks for happens.
 */
export class Host implements Recipient {
  readonly name: string
  readonly number: number
  /** This host's wall clock minus true time, ms. */
  readonly skew: number
  readonly runtime: Runtime
  dead = false
  frozen = false
  /** What went against it so far: faults that its requests met, and times that it stood still. */
  faults = 0
  /** An answer came fast enough to compare the clocks. */
  compared = false
  /** Answers that were too slow for it, before one that was not. */
  slowAnswers = 0
  /** Requests without an answer, as its code sees it. */
  openCalls = 0
  /** The answer to the request that is being applied will reach it, and carries the item that was found. */
  hears = false
  /** Invocations that have not been answered. */
  active = 0
  readonly invocations: Invocation[] = []
  /** Steps until a SIGKILL; `undefined`: none planned. */
  fuse: number | undefined
  readonly world: World
  #watch: StepWatcher | undefined
  #kept: SimulatedEvent[] = []
  #tokens = 0
  /** Virtual time at which it started. */
  readonly bornAt: number

  constructor(world: World, number: number, skew: number, watch: StepWatcher | undefined) {
    this.world = world
    this.number = number
    this.name = `host ${number}`
    this.skew = skew
    this.bornAt = world.time
    this.#watch = watch
    this.runtime = {
      now: () => world.time + skew,
      monotonic: () => world.time - this.bornAt,
      random: () => world.random.fraction(),
      token: () => {
        const token = `token-${number}-${++this.#tokens}`.padEnd(22, '.')
        this.onToken(token)
        return token
      },
      after: (ms, callback) => {
        const event = this.after(Math.max(0, Math.ceil(ms)), 'timer', callback)
        return () => {
          event.cancelled = true
        }
      },
      endOfTurn: (callback) => {
        this.after(0, 'turn', callback)
      },
    }
  }

  /** Its code has asked more than once and cannot know the server's time: a table that slow must not stop everything. */
  get goesByItsOwnClock(): boolean {
    return !this.compared && this.slowAnswers > 2
  }

  /** An answer with a date came, this long after its request was sent. */
  hear(afterMs: number, clockErrorMs: number): void {
    if (this.compared) return
    if (afterMs <= clockErrorMs) this.compared = true
    // After one that took its whole time nothing is asked any more.
    else this.slowAnswers += afterMs < LONGEST_CALL_MS ? 1 : 3
  }

  /** Passes one point at which the host can die. False: it is dead, and what was to be done must not be. */
  step(step: Step): boolean {
    if (this.dead) return false
    if (this.fuse !== undefined && --this.fuse <= 0) {
      this.kill(`SIGKILL before ${step}`)
      return false
    }
    if (this.#watch !== undefined && !this.#watch(this, step)) {
      this.kill(`crash before ${step}`)
      return false
    }
    return true
  }

  /** Runs `callback` on this host after `delay` ms: later if it is frozen, never if it is dead. */
  after(delay: number, step: Step, callback: () => void): SimulatedEvent {
    return this.world.after(delay, this, () => {
      if (this.step(step)) callback()
    })
  }

  kill(how: string): void {
    if (this.dead) return
    this.dead = true
    this.#kept = []
    this.world.coverage.hit('hostKilled')
    this.world.note(2, this.number)
    if (this.world.trace !== undefined) this.world.say(`${this.name} dies: ${how}`)
    for (const told of this.onDeaths) told()
  }

  /** Called once at its death. */
  readonly onDeaths: (() => void)[] = []

  /** Called with every owner token that its code draws. */
  onToken: (token: string) => void = () => {}

  freeze(): void {
    this.frozen = true
    // Whoever is invoked on it stands still.
    if (this.active > 0) this.faults++
    if (this.world.trace !== undefined) this.world.say(`${this.name} is frozen`)
  }

  thaw(): void {
    if (!this.frozen) return
    this.frozen = false
    if (this.#kept.length > 0) this.world.coverage.hit('thawedWork')
    if (this.world.trace !== undefined) this.world.say(`${this.name} thaws`)
    for (const event of this.#kept) this.world.requeue(event)
    this.#kept = []
  }

  keep(event: SimulatedEvent): void {
    this.#kept.push(event)
  }
}
