/** The names that the runtime, the infrastructure and the operator's tools share. One place, imported by all. */

/** Partition key of the table. There is no sort key: a shared partition key would cap a function at one partition. */
export const TABLE_KEY = 'id'

/** The attribute that DynamoDB's time to live watches: epoch seconds. */
export const TTL_ATTRIBUTE = 'ttl'

/** Version of the record's layout. A record of another version is treated as held by someone else. */
export const SCHEMA_VERSION = 1

/** Environment variables read at start when the option is not given. */
export const ENVIRONMENT = {
  /** Table name. */
  table: 'ONCEKIT_TABLE',
  /** Namespace of the records; without it `AWS_LAMBDA_FUNCTION_NAME`. */
  namespace: 'ONCEKIT_NAMESPACE',
  /** Deduplication window, whole seconds. */
  ttl: 'ONCEKIT_TTL',
  /** `off`: the default observer writes no metrics. */
  metrics: 'ONCEKIT_METRICS',
} as const

/** Lambda's own variable: the default namespace. */
export const FUNCTION_NAME_VARIABLE = 'AWS_LAMBDA_FUNCTION_NAME'

/** Set by Lambda on Managed Instances alone: invocations at once in one process. There no timeout is enforced. */
export const MANAGED_INSTANCES_VARIABLE = 'AWS_LAMBDA_MAX_CONCURRENCY'

/** Message attribute that carries a producer's idempotency key. Survives redrives and repeated sends. */
export const KEY_MESSAGE_ATTRIBUTE = 'idempotency-key'

/** A namespace: letters, digits, dot, underscore and hyphen, 1 to 64 of them. */
export const NAMESPACE_PATTERN: RegExp = /^[A-Za-z0-9._-]{1,64}$/

/**
 * A table: its name, or its ARN, which reaches tables of other accounts.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const TABLE_PATTERN = /^(arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/)?[A-Za-z0-9._-]{3,255}$/

export function isTable(value: unknown): value is string {
  return typeof value === 'string' && TABLE_PATTERN.test(value)
}

/** What `isTable` allows, in words. */
export const TABLE_ALLOWED =
  'the name of a table, 3 to 255 of A-Z a-z 0-9 . _ -, or its ARN, such as arn:aws:dynamodb:eu-central-1:123456789012:table/name'

/** Separates the namespace from the hash in an id; IAM's leading-keys conditions rely on it. */
export const NAMESPACE_SEPARATOR = '#'
