/** A broken invariant: which, how, and how to see it again. */
export class Violation {
  /** Name of protocol.md's list (`I1` to `I10`), or of a table of it. */
  readonly invariant: string
  readonly message: string
  readonly seed: number
  /** Events run before it. */
  readonly steps: number

  constructor(invariant: string, message: string, seed: number, steps: number) {
    this.invariant = invariant
    this.message = message
    this.seed = seed
    this.steps = steps
  }
}
