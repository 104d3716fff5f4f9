import { render } from '../errors/render.ts'
import { isTable, NAMESPACE_PATTERN, TABLE_ALLOWED } from '../protocol/names.ts'
import { systemRuntime } from '../runtime/system.ts'
import { parseDuration } from './durations.ts'
import type { Options, StoreResultOptions } from './options.ts'

/**
 * Judges a value: `true`, or in words what is allowed. Read by `check.ts`, for the handler and for the test kit; it is
 * small, so that nobody has to load a schema library for it.
 */
export type Rule = (value: unknown) => string | true

/** A name that is not here is unknown. Every one may be left out or `undefined`. */
export type Rules = { readonly [name: string]: Rule }

/** An object that is neither `null` nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Any one of some values, or what another rule allows. */
export const either =
  (...ways: readonly (string | boolean | Rule)[]): Rule =>
  (value) => {
    const verdicts = ways.map((way) =>
      typeof way === 'function' ? way(value) : way === value || render(way),
    )
    return verdicts.includes(true) || verdicts.join(' or ')
  }

const textLike =
  (pattern: RegExp): Rule =>
  (value) =>
    (typeof value === 'string' && pattern.test(value)) || `text like ${pattern.source}`

/** Both ends included. */
export const wholeNumber =
  (from: number, to: number): Rule =>
  (value) =>
    (typeof value === 'number' && value % 1 === 0 && value >= from && value <= to) ||
    `a whole number from ${from} to ${to}`

/** An object, or a function with properties. No other value has methods of these names. */
const objectWith =
  (...methods: readonly string[]): Rule =>
  (value) =>
    methods.every((name) => typeof Object(value)[name] === 'function') ||
    `an object with ${methods.join(', ')}`

/** An object, whose insides are checked by themselves. */
export const objectOf =
  (rules: Rules): Rule =>
  (value) =>
    isObject(value) || `an object of ${Object.keys(rules).join(', ')}`

export const anyFunction: Rule = (value) => typeof value === 'function' || 'a function'

/** An async function promises an answer for later; what identifies a message, or is stored of it, must be known at once. */
const syncFunction: Rule = (value) =>
  (typeof value === 'function' && Object.prototype.toString.call(value) === '[object Function]') ||
  'a function that is not async'

const duration: Rule = (value) =>
  parseDuration(value) !== undefined ||
  'seconds, or a number with ms, s, m, h or d such as "15m", up to ten years'

const upToAThousand = wholeNumber(1, 1_000)
const upToAMinuteInMs = wholeNumber(0, 60_000)

/** DynamoDB's own rule for table names, or the ARN of one. */
export const TABLE_RULE: Rule = (value) => isTable(value) || TABLE_ALLOWED

export const NAMESPACE_RULE: Rule = textLike(NAMESPACE_PATTERN)

/** The text of an environment variable that holds a duration. */
export const SECONDS_RULE: Rule = (value) =>
  (/^\d+$/.test(String(value)) && duration(Number(value)) === true) || 'whole seconds, up to ten years'

/** The text of an environment variable that switches something. */
export const SWITCH_RULE: Rule = either('on', 'off')

/** The rule of every option of `storeResult`. */
export const RESULT_RULES: Rules = {
  maxBytes: wholeNumber(1, 300_000),
  serialize: syncFunction,
  deserialize: syncFunction,
} satisfies Record<keyof StoreResultOptions, Rule>

/** The rule of every option, in the order of the documentation. */
export const OPTION_RULES: Rules = {
  table: TABLE_RULE,
  store: objectWith('claim', 'settle'),
  client: objectWith('send'),
  namespace: NAMESPACE_RULE,
  ttl: duration,
  key: syncFunction,
  schema: (value) =>
    typeof Object(value)['~standard']?.validate === 'function' ||
    'a Standard Schema, such as one of zod 3.24 or newer, valibot 1 or newer, arktype 2 or newer',
  envelope: either('sns', 'eventbridge', 's3', anyFunction),
  fingerprint: either('body', false, syncFunction),
  concurrency: upToAThousand,
  fifo: either('group', 'batch'),
  maxAttempts: upToAThousand,
  onStoreUnavailable: either('fail', 'run'),
  clockErrorMs: upToAMinuteInMs,
  leaseGraceMs: upToAMinuteInMs,
  // With less, no answer would leave before Lambda ends the invocation, and the whole batch would come back.
  deadlineReserveMs: wholeNumber(100, 60_000),
  storeResult: either(true, false, objectOf(RESULT_RULES)),
  observer: either(false, anyFunction),
  logger: either(false, objectWith('info', 'warn', 'error')),
  logErrors: either('name', 'message', 'stack'),
  runtime: objectWith(...Object.keys(systemRuntime)),
} satisfies Record<keyof Options, Rule>

/** The rule of the options object itself. */
export const OPTIONS_RULE: Rule = objectOf(OPTION_RULES)

/** Whether a `store` is given together with what would make one. */
export function hasTwoStores({ store, table, client }: Record<string, unknown>): boolean {
  return store !== undefined && (table ?? client) !== undefined
}
