import type { Log, Logger } from './logger.ts'

/** What is called of pino and bunyan. */
type FieldsFirst = Readonly<Record<'info' | 'warn' | 'error', (fields: object, message: string) => unknown>>

/** Says a line as the user's logger takes it, and returns what that returns: of some a promise. */
export function sayBy(logger: Logger): (...line: Parameters<Log>) => unknown {
  if (!takesFieldsFirst(logger)) return (level, message, fields) => logger[level](message, fields)
  return (level, message, { error, ...fields }) =>
    // Under `error` they write `{}`: it is `err` that they know.
    logger[level](error === undefined ? fields : { ...fields, err: error }, message)
}

/**
 * pino and bunyan fit the type, and leave out what comes behind a text: all fields, the user's error among them. They are
 * told by methods that nobody else has.
 */
function takesFieldsFirst(logger: object): logger is FieldsFirst {
  const { bindings, addStream }: { readonly bindings?: unknown; readonly addStream?: unknown } = logger
  return typeof bindings === 'function' || typeof addStream === 'function'
}
