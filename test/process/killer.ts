import type { WorkerInvoker } from 'oncekit/testing'
import { between, fraction } from '../servers/seeded.ts'
import type { Kill } from './evidence.ts'
import { Schedule } from './schedule.ts'

/** A kill that is due strikes within so many milliseconds: at any moment of a batch. */
const WITHIN_MS = 100
const SPARE_TRIES = 10

/** Kills workers at random instants. One is spared as long as others come, so that its memory can be seen. */
export class Killer {
  readonly kills: Kill[] = []
  readonly #seed: number
  readonly #invoker: Pick<WorkerInvoker, 'pids' | 'kill'>
  readonly #schedule: Schedule
  readonly #timers = new Set<NodeJS.Timeout>()
  #spared: number | undefined

  constructor(seed: number, count: number, invoker: Pick<WorkerInvoker, 'pids' | 'kill'>) {
    this.#seed = seed
    this.#invoker = invoker
    this.#schedule = new Schedule(seed, 'kill', count)
  }

  /** How many have come due. */
  get due(): number {
    return this.#schedule.taken
  }

  /** Due, and not struck yet. */
  get pending(): number {
    return this.#timers.size
  }

  /** Called over and over with the share of the messages that are done. */
  tick(share: number): void {
    for (let number = this.#schedule.due(share); number !== undefined; number = this.#schedule.due(share)) {
      this.#schedule.take()
      this.#later(number, between(0, WITHIN_MS, fraction(this.#seed, 'instant', number)))
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #later(number: number, ms: number, tries = 0): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      // None alive but the spared one: the next to come, or in the end that one.
      if (!this.#strike(number, tries < SPARE_TRIES)) this.#later(number, WITHIN_MS, tries + 1)
    }, ms)
    this.#timers.add(timer)
  }

  #strike(number: number, spare: boolean): boolean {
    const alive = this.#invoker.pids()
    if (this.#spared === undefined || !alive.includes(this.#spared)) this.#spared = alive[0]
    const victims = spare ? alive.filter((pid) => pid !== this.#spared) : alive
    const pid = victims[between(0, victims.length - 1, fraction(this.#seed, 'victim', number))]
    if (pid === undefined || !this.#invoker.kill(pid)) return false
    this.kills.push({ pid, time: Date.now(), cause: 'plan' })
    return true
  }
}
