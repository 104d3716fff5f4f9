import { NAMESPACE_PATTERN } from '../protocol/names.ts'
import type { Options, StoreResultOptions } from './options.ts'

/**
 * What a value may be, as plain data. The handler's path checks with `check.ts`, which is small; infrastructure
 * and tools check with the zod schema of `schema.ts`. Both read these rules, so they cannot disagree.
 */
export type Rule =
  | { readonly kind: 'text'; readonly pattern: RegExp; readonly allowed: string }
  | { readonly kind: 'whole'; readonly from: number; readonly to: number }
  | { readonly kind: 'choice'; readonly values: readonly (string | boolean)[] }
  | { readonly kind: 'duration' }
  | { readonly kind: 'function' }
  /** Anything with these methods, itself or at its property `at`. */
  | {
      readonly kind: 'methods'
      readonly names: readonly string[]
      readonly at?: string
      readonly allowed: string
    }
  | { readonly kind: 'shape'; readonly rules: Rules }
  | { readonly kind: 'either'; readonly of: readonly Rule[] }

/** A name that is not here is unknown. Every one may be left out or `undefined`. */
export type Rules = { readonly [name: string]: Rule }

const FUNCTION: Rule = { kind: 'function' }
const FALSE: Rule = { kind: 'choice', values: [false] }
const MINUTE_IN_MS: Rule = { kind: 'whole', from: 0, to: 60_000 }
const TO_A_THOUSAND: Rule = { kind: 'whole', from: 1, to: 1_000 }

/** What may name a table: DynamoDB's own rule. An ARN is refused, for the statements quote the name. */
export const TABLE_RULE: Rule & { kind: 'text' } = {
  kind: 'text',
  pattern: /^[A-Za-z0-9._-]{3,255}$/,
  allowed: 'a table name of 3 to 255 letters, digits, ".", "_" or "-"',
}

export const NAMESPACE_RULE: Rule & { kind: 'text' } = {
  kind: 'text',
  pattern: NAMESPACE_PATTERN,
  allowed: '1 to 64 letters, digits, ".", "_" or "-"',
}

const STORE_RESULT = {
  maxBytes: { kind: 'whole', from: 1, to: 300_000 },
  serialize: FUNCTION,
  deserialize: FUNCTION,
} satisfies Record<keyof StoreResultOptions, Rule>

const OPTIONS = {
  table: TABLE_RULE,
  store: {
    kind: 'methods',
    names: ['claim', 'settle'],
    allowed: 'a store, such as dynamoStore({ table })',
  },
  client: { kind: 'methods', names: ['send'], allowed: 'a DynamoDBClient, or an object with its "send"' },
  namespace: NAMESPACE_RULE,
  ttl: { kind: 'duration' },
  key: FUNCTION,
  schema: {
    kind: 'methods',
    at: '~standard',
    names: ['validate'],
    allowed: "a Standard Schema, such as zod's z.object({ … })",
  },
  fingerprint: { kind: 'either', of: [{ kind: 'choice', values: ['body', false] }, FUNCTION] },
  concurrency: TO_A_THOUSAND,
  fifo: { kind: 'choice', values: ['group', 'batch'] },
  maxAttempts: TO_A_THOUSAND,
  onStoreUnavailable: { kind: 'choice', values: ['fail', 'run'] },
  clockErrorMs: MINUTE_IN_MS,
  leaseGraceMs: MINUTE_IN_MS,
  deadlineReserveMs: MINUTE_IN_MS,
  storeResult: {
    kind: 'either',
    of: [
      { kind: 'choice', values: [true, false] },
      { kind: 'shape', rules: STORE_RESULT },
    ],
  },
  observer: { kind: 'either', of: [FALSE, FUNCTION] },
  logger: {
    kind: 'either',
    of: [
      FALSE,
      {
        kind: 'methods',
        names: ['info', 'warn', 'error'],
        allowed: 'a logger with "info", "warn" and "error"',
      },
    ],
  },
  runtime: {
    kind: 'methods',
    names: ['now', 'monotonic', 'random', 'token', 'after', 'endOfTurn'],
    allowed: 'a Runtime',
  },
} satisfies Record<keyof Options, Rule>

/** The rule of every option, in the order of the documentation. */
export const OPTION_RULES: Rules = OPTIONS

/** Options that exclude each other: the second gives what the first would make. */
export const EXCLUSIVE: readonly (readonly [string, string])[] = [
  ['table', 'store'],
  ['client', 'store'],
]
