import type { Runtime } from '../runtime/runtime.ts'

/** What the engine needs of Lambda's context. Outside Lambda it may be missing. */
export interface InvocationContext {
  /** Milliseconds until Lambda ends this invocation. */
  getRemainingTimeInMillis?(): number
}

/** Lease of a run whose end nobody knows (no Lambda context); extended while the handler runs. */
export const OPEN_LEASE_MS = 60_000

/** No invocation is that long: Lambda allows 15 minutes, event source mappings of Managed Instances 90. */
const LONGEST_INVOCATION_MS = 86_400_000

/** The times of one invocation, on the monotonic clock (ms). All but the first are `Infinity` when nobody knows the end. */
export interface Invocation {
  /** When the batch began. */
  readonly startedAt: number
  /** When Lambda ends it. */
  readonly endsAt: number
  /** From here on no record starts and signals abort. */
  readonly stopAt: number
  /** Whoever settles until here is still settled: two thirds of the reserve. */
  readonly lateUntil: number
  /** When a settlement must have answered, so that the response still gets out. */
  readonly settleBy: number
  /**
   * When the answer leaves even if a store does not keep `settleBy`. Not the same moment: then the answer could leave
   * while a request that is just being cut is still under way.
   */
  readonly answerBy: number
  /** What was wrong with the remaining time, if it could not be used: then nobody knows the end. */
  readonly problem: string | undefined
}

/**
 * @param reserveMs time kept back at the end: two thirds for handlers that settle late, the rest to settle and answer
 */
export function beginInvocation(
  runtime: Runtime,
  context: InvocationContext | undefined,
  reserveMs: number,
): Invocation {
  const startedAt = runtime.monotonic()
  const remaining = remainingTime(context)
  const endsAt = typeof remaining === 'number' ? startedAt + remaining : Infinity
  return {
    startedAt,
    endsAt,
    stopAt: endsAt - reserveMs,
    lateUntil: endsAt - reserveMs / 3,
    settleBy: endsAt - Math.min(300, reserveMs / 5),
    answerBy: endsAt - Math.min(150, reserveMs / 10),
    problem: typeof remaining === 'number' ? undefined : remaining,
  }
}

/** Milliseconds that the context says are left; `undefined` without a context; what is wrong with it, as text. */
function remainingTime(context: InvocationContext | undefined): number | string | undefined {
  // Contexts of other runners and of mocks: whatever is there may be of any type.
  let method: unknown
  let given: unknown
  try {
    method = Object(context).getRemainingTimeInMillis
    if (typeof method === 'function') given = method.call(context)
  } catch {
    return 'getRemainingTimeInMillis() throws'
  }
  if (method === undefined || method === null) return undefined
  if (typeof method !== 'function')
    return `getRemainingTimeInMillis is of type ${typeof method}, not a function`
  if (typeof given !== 'number') return `getRemainingTimeInMillis() returns a value of type ${typeof given}`
  if (Number.isFinite(given) && given <= LONGEST_INVOCATION_MS) return given
  return `getRemainingTimeInMillis() returns ${given}, not milliseconds that Lambda allows`
}

/** Milliseconds until the invocation ends, below zero after it, or the open lease when nobody knows. */
export function remainingOf({ endsAt }: Invocation, runtime: Runtime): number {
  return endsAt === Infinity ? OPEN_LEASE_MS : endsAt - runtime.monotonic()
}

/** Calls back once at a moment of the monotonic clock, never at `Infinity`; the returned function cancels. */
export function at(runtime: Runtime, moment: number, callback: () => void): () => void {
  return moment === Infinity ? () => {} : runtime.after(Math.max(0, moment - runtime.monotonic()), callback)
}
