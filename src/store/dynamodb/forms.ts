import type { Runtime } from '../../runtime/runtime.ts'
import type { CallContext } from '../contract.ts'
import { explained } from './explain.ts'
import { isAccessDenied } from './failures.ts'
import { tell } from './tell.ts'

/** What is sent in batches: each needs its own permission, and a server may know one and not another. */
export type Form = 'insert' | 'update' | 'read'

/** After this long a permission that was missing is asked for again: a new policy takes a while to spread. */
const AGAIN_MS = 60_000

const OPERATION = {
  insert: 'BatchExecuteStatement',
  update: 'BatchExecuteStatement',
  read: 'BatchGetItem',
} as const

/** Which of the batch forms are used. They are an optimisation: where one is refused, single items do the same. */
export class Forms {
  readonly #runtime: Pick<Runtime, 'monotonic'>
  readonly #batching: boolean
  /** Until when (monotonic ms) a form is not used. */
  readonly #off = new Map<Form, number>()
  readonly #told = new Set<string>()

  constructor(runtime: Pick<Runtime, 'monotonic'>, batching: boolean) {
    this.#runtime = runtime
    this.#batching = batching
  }

  allows(form: Form): boolean {
    if (!this.#batching) return false
    const until = this.#off.get(form)
    return until === undefined || this.#runtime.monotonic() >= until
  }

  /** Single items did what this form was refused: they are used from now on, with one notice. */
  giveUp(form: Form, error: unknown, { notify }: CallContext): void {
    this.#off.set(form, isAccessDenied(error) ? this.#runtime.monotonic() + AGAIN_MS : Infinity)
    const operation = OPERATION[form]
    if (this.#told.has(operation)) return
    this.#told.add(operation)
    tell(notify, { kind: 'batch-denied', operation, error: explained(error) })
  }
}
