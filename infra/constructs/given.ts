import type { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { ConfigError } from '../../src/errors/config-error.ts'
import { IdempotentFunction } from './idempotent-function.ts'
import type { IdempotentQueueProps } from './idempotent-queue-props.ts'
import { NEW_FUNCTION_PROPS, NEW_QUEUE_PROPS } from './known-props.ts'

/** Refuses properties of a new queue beside an existing one: they would be ignored. */
export function assertOneSource({ node: { path } }: Construct, props: IdempotentQueueProps): void {
  const surplus = given(props, NEW_QUEUE_PROPS)
  if (props.queue && surplus.length > 0)
    throw new ConfigError(
      `${path} is given an existing queue and also ${surplus.join(', ')}. Those are for a new queue: set them where the queue is made.`,
    )
  if (props.deadLetterQueue && props.deadLetterRetention)
    throw new ConfigError(
      `${path} is given an existing deadLetterQueue and also deadLetterRetention. Set the retention where that queue is made.`,
    )
}

/** The function of a queue: the `IdempotentFunction` given, or a new one around `function` or `entry`. */
export function handlerOf(scope: Construct, props: IdempotentQueueProps, ttl: Duration): IdempotentFunction {
  const { function: existing, table, namespace, lease, removalPolicy } = props
  // The removal policy is also the queue's.
  const surplus = given(props, NEW_FUNCTION_PROPS).filter((name) => name !== 'removalPolicy')
  if (!(existing instanceof IdempotentFunction)) {
    const own = Object.fromEntries(surplus.map((name) => [name, props[name]]))
    return new IdempotentFunction(scope, 'Handler', {
      ...own,
      table,
      ttl,
      namespace,
      lease,
      // A log group that is given has its own.
      ...(existing ? { function: existing } : props.logGroup ? {} : { removalPolicy }),
    })
  }
  const settled = (['namespace', 'ttl', 'lease'] as const).filter((name) => props[name] !== undefined)
  const wrong = [...surplus, ...settled, ...(existing.table === table ? [] : ['another table'])]
  if (wrong.length > 0)
    throw new ConfigError(
      `${scope.node.path} is given an IdempotentFunction and also ${wrong.join(', ')}. Those belong to the function: set them where it is made.`,
    )
  return existing
}

function given<Name extends keyof IdempotentQueueProps>(
  props: IdempotentQueueProps,
  names: readonly Name[],
): Name[] {
  return names.filter((name) => props[name] !== undefined)
}
