import type { Runtime } from '../runtime/runtime.ts'

/** What the engine needs of Lambda's context. Outside Lambda it may be missing. */
export interface InvocationContext {
  /** Milliseconds until Lambda ends this invocation. */
  getRemainingTimeInMillis?(): number
}

/** Lease of a run whose end nobody knows (no Lambda context); extended while the handler runs. */
const OPEN_LEASE_MS = 60_000

/** The times of one invocation, on the monotonic clock (ms). All but the first are `Infinity` when nobody knows the end. */
export interface Invocation {
  /** When the batch began. */
  readonly startedAt: number
  /** When Lambda ends it. */
  readonly endsAt: number
  /** From here on no record starts and signals abort. */
  readonly stopAt: number
  /** When a settlement must have answered, so that the response still gets out. */
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
  const endsAt = startedAt + (context?.getRemainingTimeInMillis?.() ?? Infinity)
  const answerMs = Math.min(500, reserveMs / 3)
  return {
    startedAt,
    endsAt,
    stopAt: endsAt - reserveMs,
    settleBy: endsAt - answerMs,
    answerBy: endsAt - answerMs / 2,
  }
}

/** Milliseconds until the invocation ends, below zero after it, or the open lease when nobody knows. */
export function remainingOf({ endsAt }: Invocation, runtime: Runtime): number {
  return endsAt === Infinity ? OPEN_LEASE_MS : endsAt - runtime.monotonic()
}

/** Calls back once at a moment of the monotonic clock, never at `Infinity`; the returned function cancels. */
export function at(runtime: Runtime, moment: number, callback: () => void): () => void {
  return moment === Infinity ? () => {} : runtime.after(Math.max(0, moment - runtime.monotonic()), callback)
}
