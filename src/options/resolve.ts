import { ConfigError } from '../errors/config-error.ts'
import { contain } from '../observe/contain.ts'
import { emfObserver } from '../observe/emf.ts'
import type { Observer } from '../observe/events.ts'
import { failureName } from '../observe/failure-name.ts'
import { jsonLogger } from '../observe/json-logger.ts'
import type { Log, Logger } from '../observe/logger.ts'
import { writeLine } from '../observe/standard-output.ts'
import { marginOf } from '../protocol/windows.ts'
import { systemRuntime } from '../runtime/system.ts'
import { checkOptions, isObject } from './check.ts'
import { parseDuration } from './durations.ts'
import { type Environment, namespaceFrom, tableFrom, ttlFrom } from './environment.ts'
import type { Options } from './options.ts'
import type { ResultSettings, Settings } from './settings.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'
import { windowProblem, windowWarning } from './window.ts'

/** 14 days: the longest that SQS keeps a message. */
const DEFAULT_TTL_MS = 1_209_600_000

/**
 * Options checked, then completed from the environment and from the defaults.
 *
 * @throws {ConfigError} once, with every problem found: what was given, what is allowed.
 */
export function resolveOptions<Schema extends StandardSchemaV1 | undefined>(
  options: Options<Schema>,
  env: Environment = process.env,
): Settings {
  const problems = checkOptions(options)
  const given: Options<Schema> = isObject(options) ? options : {}
  const { store, schema, observer, logger, runtime = systemRuntime } = given
  // No arithmetic with numbers that are none.
  const times = problems.length === 0 ? given : {}
  const { clockErrorMs = 1_000, leaseGraceMs = 1_000, deadlineReserveMs = 1_500 } = times

  const table = store ? '' : (given.table ?? tableFrom(env, problems))
  const namespace = given.namespace ?? namespaceFrom(env, problems)
  const marginMs = marginOf(clockErrorMs)
  const ttlMs =
    (given.ttl === undefined ? ttlFrom(env, problems) : parseDuration(given.ttl)) ?? DEFAULT_TTL_MS
  // The lease itself is known at the first invocation only: see `assertWindow`.
  const tooShort = windowProblem(ttlMs, leaseGraceMs + deadlineReserveMs + marginMs)
  if (tooShort) problems.push(tooShort)
  if (problems.length > 0) throw new ConfigError(`oncekit cannot start:\n- ${problems.join('\n- ')}`)

  const now = () => runtime.now()
  const log = containedLog(logger ?? jsonLogger(now, writeLine))
  const warning = windowWarning(ttlMs, given.key)
  return Object.freeze({
    target: store ? { store } : { table, client: given.client },
    namespace,
    ttlMs,
    // The engine hands these only bodies that the schema returned, or strings without one: what they ask for.
    key: given.key as Settings['key'],
    schema,
    fingerprint: (given.fingerprint ?? 'body') as Settings['fingerprint'],
    concurrency: given.concurrency ?? 10,
    fifo: given.fifo ?? 'group',
    maxAttempts: given.maxAttempts ?? Number.POSITIVE_INFINITY,
    onStoreUnavailable: given.onStoreUnavailable ?? 'fail',
    clockErrorMs,
    marginMs,
    leaseGraceMs,
    deadlineReserveMs,
    storeResult: resultSettings(given.storeResult),
    observe: containedObserver(observer ?? emfObserver(now, writeLine), log),
    log,
    runtime,
    warnings: warning ? [warning] : [],
  })
}

function containedLog(logger: Logger | false): Log {
  return contain((level, message, fields) => {
    if (logger) return logger[level](message, fields)
  })
}

/** An observer that fails is said once, then left alone. */
function containedObserver(observer: Observer | false, log: Log): Settings['observe'] {
  let said = false
  return contain(observer || (() => {}), (error) => {
    if (!said) log('warn', 'The observer failed. No outcome is affected.', { failure: failureName(error) })
    said = true
  })
}

function resultSettings(given: Options['storeResult']): false | ResultSettings {
  if (!given) return false
  const {
    maxBytes = 65_536,
    serialize = JSON.stringify,
    deserialize = JSON.parse,
  } = given === true ? {} : given
  return { maxBytes, serialize: (result) => serialize(result), deserialize: (stored) => deserialize(stored) }
}
