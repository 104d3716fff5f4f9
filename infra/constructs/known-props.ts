import { ConfigError } from '../../src/errors/config-error.ts'
import { nearest } from '../../src/errors/nearest.ts'
import { render } from '../../src/errors/render.ts'
import type { AlarmProps } from './alarms.ts'
import type { IdempotencyDashboardProps } from './dashboard.ts'
import type { IdempotencyTableProps } from './idempotency-table.ts'
import type { IdempotentFunctionProps } from './idempotent-function.ts'
import type { IdempotentQueueProps, NewQueueProps, ProvisionedPollers } from './idempotent-queue-props.ts'
import type { LeaseProps } from './lease.ts'
import { type NewFunctionProps, PASSED_ON, type PassedOnProps } from './new-function-props.ts'
import { wrongKind } from './prop-kinds.ts'

/** Every name of some properties; one that is forgotten or made up does not compile. */
type Names<Props> = Readonly<Record<keyof Props, true>>

const OF_NEW_QUEUE: Names<NewQueueProps> = {
  fifo: true,
  queueName: true,
  visibilityTimeout: true,
  retentionPeriod: true,
  deadLetterRetention: true,
  maxReceiveCount: true,
  deadLetterQueue: true,
  encryptionKey: true,
}

const OF_NEW_FUNCTION: Names<Omit<NewFunctionProps, keyof PassedOnProps>> = {
  entry: true,
  handler: true,
  runtime: true,
  timeout: true,
  memorySize: true,
  environment: true,
  bundling: true,
  projectRoot: true,
  depsLockFilePath: true,
  logGroup: true,
  logRetention: true,
  removalPolicy: true,
}

const OF_FUNCTION: Names<Omit<IdempotentFunctionProps, keyof NewFunctionProps>> = {
  table: true,
  namespace: true,
  ttl: true,
  lease: true,
  function: true,
}

const OF_QUEUE: Names<Omit<IdempotentQueueProps, keyof IdempotentFunctionProps | keyof NewQueueProps>> = {
  queue: true,
  batchSize: true,
  maxBatchingWindow: true,
  maxConcurrency: true,
  provisionedPollers: true,
  alarms: true,
}

const OF_TABLE: Names<IdempotencyTableProps> = {
  existing: true,
  tableName: true,
  encryptionKey: true,
  removalPolicy: true,
  deletionProtection: true,
  pointInTimeRecovery: true,
  warmThroughput: true,
  maxWriteRequestUnits: true,
  operationsIndex: true,
}

const OF_DASHBOARD: Names<IdempotencyDashboardProps> = { table: true, queues: true, dashboardName: true }
const OF_LEASE: Names<LeaseProps> = { grace: true, clockError: true, deadlineReserve: true }
const OF_POLLERS: Names<ProvisionedPollers> = { minimum: true, maximum: true }
const OF_ALARMS: Names<AlarmProps> = { critical: true, warning: true }

export const NEW_QUEUE_PROPS: readonly (keyof NewQueueProps)[] = names(OF_NEW_QUEUE)
export const NEW_FUNCTION_PROPS: readonly (keyof NewFunctionProps)[] = [
  ...names(OF_NEW_FUNCTION),
  ...PASSED_ON,
]
const FUNCTION_PROPS = [...names(OF_FUNCTION), ...NEW_FUNCTION_PROPS]

/** A construct, or a group of properties. */
export type PropsOwner =
  | 'IdempotencyTable'
  | 'IdempotentFunction'
  | 'IdempotentQueue'
  | 'IdempotencyDashboard'
  | 'lease'
  | 'provisionedPollers'
  | 'alarms'

const KNOWN: Readonly<Record<PropsOwner, readonly string[]>> = {
  IdempotencyTable: names(OF_TABLE),
  IdempotentFunction: FUNCTION_PROPS,
  IdempotentQueue: [...FUNCTION_PROPS, ...NEW_QUEUE_PROPS, ...names(OF_QUEUE)],
  IdempotencyDashboard: names(OF_DASHBOARD),
  lease: names(OF_LEASE),
  provisionedPollers: names(OF_POLLERS),
  alarms: names(OF_ALARMS),
}

/**
 * Refuses a name that nothing would read, and a value of another kind: a compiler sees them, JavaScript and a spread
 * object do not.
 * @throws {ConfigError} with every one of them: what was given, the nearest known name, what is allowed.
 */
export function assertKnownProps(path: string, what: PropsOwner, props: unknown): void {
  const known = KNOWN[what]
  if (typeof props !== 'object' || props === null)
    throw new ConfigError(
      `${path}: the properties of ${what} are ${render(props)}. Allowed: an object of ${known.join(', ')}.`,
    )
  const problems: string[] = []
  let unknown = false
  for (const [name, value] of entries(props)) {
    const allowed = known.includes(name) ? wrongKind(name, value) : undefined
    if (allowed !== undefined)
      problems.push(`${path}: ${name} of ${what} is ${render(value)}. Allowed: ${allowed}.`)
    if (known.includes(name)) continue
    unknown = true
    const meant = nearest(name, known)
    problems.push(
      `${path}: property ${render(name)} of ${what} is unknown${meant === undefined ? '.' : `: did you mean "${meant}"?`}`,
    )
  }
  if (problems.length === 0) return
  if (unknown) problems.push(`Allowed: ${known.join(', ')}.`)
  if (unknown && (what === 'IdempotentFunction' || what === 'IdempotentQueue'))
    problems.push('What else a function takes is set where it is made: make it, and give it as "function".')
  throw new ConfigError(problems.join('\n'))
}

/** Inherited ones too, which a construct reads as well. */
function entries(props: object): [string, unknown][] {
  const found: [string, unknown][] = []
  for (const name in props) found.push([name, Reflect.get(props, name)])
  return found
}

function names<Name extends string>(of: Readonly<Record<Name, true>>): readonly Name[] {
  // The keys of a literal record are its names.
  return Object.keys(of) as Name[]
}
