import { Token } from 'aws-cdk-lib'
import type { AlarmProps } from './alarms.ts'
import type { IdempotencyDashboardProps } from './dashboard.ts'
import type { IdempotencyTableProps } from './idempotency-table.ts'
import type { IdempotentQueueProps, ProvisionedPollers } from './idempotent-queue-props.ts'
import type { LeaseProps } from './lease.ts'

type Name =
  | keyof IdempotentQueueProps
  | keyof IdempotencyTableProps
  | keyof IdempotencyDashboardProps
  | keyof LeaseProps
  | keyof ProvisionedPollers
  | keyof AlarmProps

/** A kind of value: what passes, and what is allowed in words. */
interface Kind {
  readonly passes: (value: unknown) => boolean
  readonly allowed: string
}

const DURATION: Kind = { passes: has('toMilliseconds'), allowed: 'a Duration, such as Duration.days(14)' }
const TEXT: Kind = { passes: (value) => typeof value === 'string', allowed: 'text' }
const SWITCH: Kind = { passes: (value) => typeof value === 'boolean', allowed: 'true or false' }
const WHOLE: Kind = {
  passes: (value) => typeof value === 'number' && (Token.isUnresolved(value) || Number.isInteger(value)),
  allowed: 'a whole number',
}
const GROUP: Kind = {
  passes: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  allowed: 'an object of properties',
}
const QUEUE = resource(
  'queueArn',
  "a queue of CDK; an ARN is given as Queue.fromQueueArn(this, 'Imported', arn)",
)

/** What CDK itself would say of these is of its own insides, or nothing at all. */
const KINDS: { readonly [N in Name]?: Kind } = {
  ttl: DURATION,
  timeout: DURATION,
  visibilityTimeout: DURATION,
  retentionPeriod: DURATION,
  deadLetterRetention: DURATION,
  maxBatchingWindow: DURATION,
  grace: DURATION,
  clockError: DURATION,
  deadlineReserve: DURATION,

  namespace: TEXT,
  entry: TEXT,
  handler: TEXT,
  functionName: TEXT,
  description: TEXT,
  projectRoot: TEXT,
  depsLockFilePath: TEXT,
  queueName: TEXT,
  tableName: TEXT,
  dashboardName: TEXT,

  fifo: SWITCH,
  deletionProtection: SWITCH,
  pointInTimeRecovery: SWITCH,
  operationsIndex: SWITCH,

  batchSize: WHOLE,
  maxConcurrency: WHOLE,
  maxReceiveCount: WHOLE,
  memorySize: WHOLE,
  reservedConcurrentExecutions: WHOLE,
  logRetention: WHOLE,
  maxWriteRequestUnits: WHOLE,
  minimum: WHOLE,
  maximum: WHOLE,

  environment: GROUP,
  bundling: GROUP,
  lease: GROUP,
  provisionedPollers: GROUP,
  warmThroughput: GROUP,
  alarms: {
    passes: (value) => value === false || GROUP.passes(value),
    allowed: 'false, or actions by severity',
  },

  queue: QUEUE,
  deadLetterQueue: QUEUE,
  function: resource(
    'grantPrincipal',
    "a function of CDK or an IdempotentFunction; an ARN is given as Function.fromFunctionArn(this, 'Imported', arn)",
  ),
  encryptionKey: resource('keyArn', "a key of CDK; an ARN is given as Key.fromKeyArn(this, 'Imported', arn)"),
  vpc: resource(
    'selectSubnets',
    "a VPC of CDK; an id is given as Vpc.fromLookup(this, 'Imported', { vpcId })",
  ),
  role: resource(
    'grantPrincipal',
    "a role of CDK; an ARN is given as Role.fromRoleArn(this, 'Imported', arn)",
  ),
  logGroup: resource(
    'logGroupArn',
    "a log group of CDK; a name is given as LogGroup.fromLogGroupName(this, 'Imported', name)",
  ),
  runtime: resource('supportsInlineCode', 'a runtime of CDK, such as Runtime.NODEJS_24_X'),

  layers: list('layerVersionArn', 'a list of layers of CDK'),
  securityGroups: list('securityGroupId', 'a list of security groups of CDK'),
  queues: list('wiring', 'a list of IdempotentQueue'),
  critical: list('bind', 'a list of alarm actions, such as new SnsAction(topic)'),
  warning: list('bind', 'a list of alarm actions, such as new SnsAction(topic)'),
}

/** What is allowed, if the value is of another kind. */
export function wrongKind(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  const kinds: Readonly<Record<string, Kind | undefined>> = KINDS
  const kind = kinds[name]
  return kind === undefined || kind.passes(value) ? undefined : kind.allowed
}

/** A resource, which is often given by its name or ARN: what tells it, and how it is given. */
function resource(mark: string, allowed: string): Kind {
  return { passes: has(mark), allowed }
}

function list(mark: string, allowed: string): Kind {
  return { passes: (value) => Array.isArray(value) && value.every(has(mark)), allowed }
}

function has(mark: string): (value: unknown) => boolean {
  return (value) => typeof value === 'object' && value !== null && mark in value
}
