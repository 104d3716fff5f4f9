import { NAMESPACE_PATTERN } from '../protocol/names.ts'
import type { Options, StoreResultOptions } from './options.ts'

/**
 * What a value may be, as plain data; a value is right when any one of the fields accepts it. The handler's path
 * checks with `check.ts`, which is small; infrastructure and tools check with the zod schema of `schema.ts`. Both
 * read these rules, so they cannot disagree.
 */
export interface Rule {
  readonly values?: readonly (string | boolean)[]
  readonly duration?: true
  /** Whole numbers, both ends included. */
  readonly range?: readonly [from: number, to: number]
  readonly pattern?: RegExp
  /** A function. */
  readonly call?: true
  /** An object or function with these methods, itself or at its property `at`. */
  readonly methods?: readonly string[]
  readonly at?: string
  /** An object of these and no other names. */
  readonly shape?: Rules
  /** What is allowed in better words than those made from the fields. */
  readonly allowed?: string
}

/** A name that is not here is unknown. Every one may be left out or `undefined`. */
export type Rules = { readonly [name: string]: Rule }

/** DynamoDB's own rule for table names. An ARN is refused, for the statements quote the name. */
export const TABLE_RULE: Rule = { pattern: /^[A-Za-z0-9._-]{3,255}$/ }

export const NAMESPACE_RULE: Rule = { pattern: NAMESPACE_PATTERN }

const call: Rule = { call: true }
const toAThousand: Rule = { range: [1, 1_000] }
const upToAMinuteInMs: Rule = { range: [0, 60_000] }

/** The rule of every option, in the order of the documentation. */
export const OPTION_RULES: Rules = {
  table: TABLE_RULE,
  store: { methods: ['claim', 'settle'] },
  client: { methods: ['send'] },
  namespace: NAMESPACE_RULE,
  ttl: { duration: true },
  key: call,
  schema: { methods: ['validate'], at: '~standard', allowed: 'a Standard Schema, such as one of zod' },
  fingerprint: { values: ['body', false], call: true },
  concurrency: toAThousand,
  fifo: { values: ['group', 'batch'] },
  maxAttempts: toAThousand,
  onStoreUnavailable: { values: ['fail', 'run'] },
  clockErrorMs: upToAMinuteInMs,
  leaseGraceMs: upToAMinuteInMs,
  deadlineReserveMs: upToAMinuteInMs,
  storeResult: {
    values: [true, false],
    shape: {
      maxBytes: { range: [1, 300_000] },
      serialize: call,
      deserialize: call,
    } satisfies Record<keyof StoreResultOptions, Rule>,
  },
  observer: { values: [false], call: true },
  logger: { values: [false], methods: ['info', 'warn', 'error'] },
  runtime: { methods: ['now', 'monotonic', 'random', 'token', 'after', 'endOfTurn'] },
} satisfies Record<keyof Options, Rule>

/** Options that exclude each other: the second is what the first would make or use. */
export const EXCLUSIVE: readonly (readonly [string, string])[] = [
  ['table', 'store'],
  ['client', 'store'],
]
