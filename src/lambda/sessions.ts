import type { Session } from './session.ts'

interface HookRequest {
  readonly event: unknown
  readonly context: unknown
}

/**
 * Finds the session of an invocation from the middleware's hooks, which share Middy's request, and from the handler,
 * which gets the event and the context only. Keyed by these objects, so that interleaved invocations never mix; by each
 * of them, because another middleware may have replaced the event or its records.
 */
const sessions = new WeakMap<object, Session>()

export function rememberSession(session: Session, request: HookRequest): void {
  for (const key of keysOf(request.event, request.context)) sessions.set(key, session)
  sessions.set(request, session)
}

/** The session of a hook's request. */
export function sessionOf(request: HookRequest): Session | undefined {
  return sessions.get(request)
}

/** The session of what a handler was given. */
export function findSession(event: unknown, context: unknown): Session | undefined {
  for (const key of keysOf(event, context)) {
    const session = sessions.get(key)
    if (session !== undefined) return session
  }
  return undefined
}

function keysOf(event: unknown, context: unknown): readonly object[] {
  const records = isObject(event) && 'Records' in event ? event.Records : undefined
  // The context last: outside Lambda several invocations may share one.
  return [event, records, context].filter(isObject)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
