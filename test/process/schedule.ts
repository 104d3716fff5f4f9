import { fraction } from '../servers/seeded.ts'
import { FAULTS_UNTIL } from './settings.ts'

/**
 * Moments of a run, as shares of its messages: drawn by seed, spread at random. What is due is asked for as the run
 * goes on, so that a slow machine meets as many as a fast one.
 */
export class Schedule {
  readonly #at: readonly number[]
  #taken = 0

  constructor(seed: number, name: string, count: number) {
    const draws = Array.from({ length: count }, (_, index) => fraction(seed, name, index) * FAULTS_UNTIL)
    this.#at = draws.toSorted((a, b) => a - b)
  }

  /** Moments that have come so far. */
  get taken(): number {
    return this.#taken
  }

  /** Number of the moment that is due at this share of the messages, from 0; `undefined`: none. */
  due(share: number): number | undefined {
    const next = this.#at[this.#taken]
    return next !== undefined && next <= share ? this.#taken : undefined
  }

  take(): void {
    this.#taken += 1
  }
}
