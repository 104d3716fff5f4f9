import type { Runtime } from '../runtime/runtime.ts'

/** What the engine needs of Lambda's context. Outside Lambda it may be missing. */
export interface InvocationContext {
  /** Milliseconds until Lambda ends this invocation. */
  getRemainingTimeInMillis?(): number
}

/** Lease of a run whose end nobody knows (no Lambda context); extended while the handler runs. */
const OPEN_LEASE_MS = 60_000

/** The times of one invocation, on the monotonic clock (ms). */
export interface Invocation {
  /** When the batch began. */
  readonly startedAt: number
  /** When Lambda ends it; `undefined`: nobody knows. */
  readonly endsAt: number | undefined
  /** From here on no record starts and signals abort. `Infinity` when the end is not known. */
  readonly stopAt: number
  /** When a settlement must have answered, so that the response still gets out. `Infinity` likewise. */
  readonly settleBy: number
  /**
   * When the answer leaves even if a store does not keep `settleBy`. Not the same moment: then the answer could leave
   * while a request that is just being cut is still under way.
   */
  readonly answerBy: number
}

/**
 * @param reserveMs time kept back at the end; a third of it, at most half a second, is for the answer alone
 */
export function beginInvocation(
  runtime: Runtime,
  context: InvocationContext | undefined,
  reserveMs: number,
): Invocation {
  const startedAt = runtime.monotonic()
  const remaining = context?.getRemainingTimeInMillis?.()
  if (remaining === undefined) {
    return {
      startedAt,
      endsAt: undefined,
      stopAt: Number.POSITIVE_INFINITY,
      settleBy: Number.POSITIVE_INFINITY,
      answerBy: Number.POSITIVE_INFINITY,
    }
  }
  const endsAt = startedAt + remaining
  const answerMs = Math.min(500, reserveMs / 3)
  return {
    startedAt,
    endsAt,
    stopAt: endsAt - reserveMs,
    settleBy: endsAt - answerMs,
    answerBy: endsAt - answerMs / 2,
  }
}

/** Milliseconds until the invocation ends, or the open lease when nobody knows. */
export function remainingOf(invocation: Invocation, runtime: Runtime): number {
  return invocation.endsAt === undefined
    ? OPEN_LEASE_MS
    : Math.max(0, invocation.endsAt - runtime.monotonic())
}
