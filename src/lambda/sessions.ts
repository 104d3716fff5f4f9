import type { Session } from './session.ts'

/**
 * Finds the session of an invocation from the middleware's hooks and from the handler, which share no argument but
 * these. Keyed by the objects of the invocation, so that interleaved invocations never mix; by each of them, because
 * another middleware may have replaced the event or its records.
 */
const sessions = new WeakMap<object, Session>()

export function rememberSession(session: Session, event: unknown, context: unknown): void {
  for (const key of keysOf(event, context)) sessions.set(key, session)
}

export function findSession(event: unknown, context: unknown): Session | undefined {
  for (const key of keysOf(event, context)) {
    const session = sessions.get(key)
    if (session !== undefined) return session
  }
  return undefined
}

function keysOf(event: unknown, context: unknown): readonly object[] {
  const records = isObject(event) && 'Records' in event ? event.Records : undefined
  return [context, event, records].filter(isObject)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
