import { ConfigError } from '../errors/config-error.ts'
import { contain } from '../observe/contain.ts'
import { openLog } from '../observe/default-log.ts'
import { emfLine } from '../observe/emf.ts'
import type { OnceEvent } from '../observe/events.ts'
import { failureName } from '../observe/failure-name.ts'
import { writeLine } from '../observe/standard-output.ts'
import type { EnvelopeOption } from '../protocol/envelopes.ts'
import { ENVIRONMENT, FUNCTION_NAME_VARIABLE, MANAGED_INSTANCES_VARIABLE } from '../protocol/names.ts'
import { marginOf } from '../protocol/windows.ts'
import { systemRuntime } from '../runtime/system.ts'
import { checkOptions } from './check.ts'
import { disagreements } from './disagreements.ts'
import { parseDuration } from './durations.ts'
import { type Environment, environmentReader } from './environment.ts'
import type { Options, StoreResultOptions } from './options.ts'
import { NAMESPACE_RULE, SECONDS_RULE, SWITCH_RULE, TABLE_RULE } from './rules.ts'
import type { ResultSettings, Settings, StartWarning } from './settings.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'
import { windowProblem, windowWarning } from './window.ts'

/** 14 days: the longest that SQS keeps a message. */
const DEFAULT_TTL_MS = 1_209_600_000

/**
 * Options checked, then completed from the environment and from the defaults.
 *
 * @throws {ConfigError} once, with every problem found: what was given, what is allowed.
 */
export function resolveOptions<
  Schema extends StandardSchemaV1 | undefined,
  Envelope extends EnvelopeOption | undefined,
>(options: Options<Schema, Envelope>, env: Environment = process.env): Settings {
  const problems = checkOptions(options)
  // What is no object has none of the options.
  const given: Options<Schema, Envelope> = Object(options)
  const {
    store,
    client,
    key,
    schema,
    envelope,
    fingerprint = 'body',
    concurrency = 10,
    fifo = 'group',
    maxAttempts = Infinity,
    onStoreUnavailable = 'fail',
    observer,
    logger,
    logErrors = 'stack',
    runtime = systemRuntime,
  } = given
  // No arithmetic with numbers that are none.
  const times = problems.length === 0 ? given : {}
  const { clockErrorMs = 1_000, leaseGraceMs = 1_000, deadlineReserveMs = 1_500 } = times

  const read = environmentReader(env, problems)
  const table = store ? '' : (given.table ?? read(TABLE_RULE, [ENVIRONMENT.table], '"table" or "store"'))
  const namespace =
    given.namespace ?? read(NAMESPACE_RULE, [ENVIRONMENT.namespace, FUNCTION_NAME_VARIABLE], '"namespace"')
  const ttl = given.ttl ?? Number(read(SECONDS_RULE, [ENVIRONMENT.ttl]))
  const metrics = read(SWITCH_RULE, [ENVIRONMENT.metrics]) !== 'off'
  const ttlMs = parseDuration(ttl) ?? DEFAULT_TTL_MS
  const marginMs = marginOf(clockErrorMs)
  // The lease itself is known at the first invocation only: see `assertWindow`.
  const tooShort = windowProblem(ttlMs, leaseGraceMs + deadlineReserveMs + marginMs)
  if (tooShort) problems.push(tooShort)
  if (problems.length > 0) throw new ConfigError(`oncekit cannot start:\n- ${problems.join('\n- ')}`)

  // Of an observer and a logger `false` means: nobody.
  const log = contain(openLog(logger, logErrors, () => runtime.now()))
  const show = (event: OnceEvent) => {
    if (observer) return observer(event)
    return observer ?? (metrics && event.kind === 'batch' && writeLine(emfLine(event, runtime.now())))
  }
  let observerFailed = false
  const tooShortForQueue = windowWarning(ttlMs, key)
  const warnings: StartWarning[] = disagreements(given, env).map((detail) => ({ notice: 'options', detail }))
  if (tooShortForQueue) warnings.push({ notice: 'window', detail: tooShortForQueue })
  return Object.freeze({
    target: store ? { store } : { table, client },
    namespace,
    ttlMs,
    // The engine hands these only bodies that the schema returned, or strings without one: what they ask for.
    key: key as Settings['key'],
    schema,
    envelope,
    fingerprint: fingerprint as Settings['fingerprint'],
    concurrency,
    fifo,
    maxAttempts,
    onStoreUnavailable,
    clockErrorMs,
    marginMs,
    leaseGraceMs,
    deadlineReserveMs,
    hardKill: env[MANAGED_INSTANCES_VARIABLE] === undefined,
    storeResult: resultSettings(given.storeResult),
    observe: contain(show, (error) => {
      // Said once, then left alone.
      if (!observerFailed)
        log('warn', 'The observer failed. No outcome is affected.', { failure: failureName(error) })
      observerFailed = true
    }),
    log,
    logErrors,
    runtime,
    warnings,
  })
}

function resultSettings(given: Options['storeResult']): false | ResultSettings {
  if (!given) return false
  // `true` has none of the options.
  const { maxBytes = 65_536, serialize }: StoreResultOptions = Object(given)
  return { maxBytes, serialize }
}
