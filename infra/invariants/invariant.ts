import type { Wiring } from './wiring.ts'

/** One thing that must hold between the numbers of a queue, its function and its records. */
export interface Invariant {
  /** Stable name; the annotation of an advice is acknowledged by `oncekit:<id>`. */
  readonly id: string
  /** `throw`: a contradiction, synth stops. `warn`: advice, which can be acknowledged. */
  readonly severity: 'throw' | 'warn'
  /** What goes wrong when it does not hold: one sentence. */
  readonly reason: string
  /** Where the rule is written. */
  readonly page: string
  /** `undefined` when it holds, or when what it needs is unknown. */
  readonly check: (wiring: Wiring) => Breach | undefined
}

/** An invariant that does not hold. */
export interface Breach {
  /** What is set, in one sentence. */
  readonly found: string
  /** What to change, in one sentence that begins with a verb. */
  readonly fix: string
}
