import type { IdempotentQueueProps } from './idempotent-queue-props.ts'
import type { LeaseProps } from './lease.ts'

/** Lengths of time, which are often given as a number. */
const DURATIONS: readonly (keyof IdempotentQueueProps | keyof LeaseProps)[] = [
  'ttl',
  'timeout',
  'visibilityTimeout',
  'retentionPeriod',
  'deadLetterRetention',
  'maxBatchingWindow',
  'grace',
  'clockError',
  'deadlineReserve',
]

/** Resources that are often given by their name or ARN, with what tells them, and how they are given. */
const RESOURCES: Readonly<Record<string, readonly [mark: string, how: string]>> = {
  queue: ['queueArn', "a queue of CDK; an ARN is given as Queue.fromQueueArn(this, 'Imported', arn)"],
  deadLetterQueue: [
    'queueArn',
    "a queue of CDK; an ARN is given as Queue.fromQueueArn(this, 'Imported', arn)",
  ],
  function: [
    'grantPrincipal',
    "a function of CDK or an IdempotentFunction; an ARN is given as Function.fromFunctionArn(this, 'Imported', arn)",
  ],
  encryptionKey: ['keyArn', "a key of CDK; an ARN is given as Key.fromKeyArn(this, 'Imported', arn)"],
}

/** What is allowed, if the value is of another kind. */
export function wrongKind(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  const has = (mark: string) => typeof value === 'object' && value !== null && mark in value
  const durations: readonly string[] = DURATIONS
  if (durations.includes(name))
    return has('toMilliseconds') ? undefined : 'a Duration, such as Duration.days(14)'
  const [mark, how] = RESOURCES[name] ?? []
  return mark === undefined || has(mark) ? undefined : how
}
