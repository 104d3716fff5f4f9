import { Annotations, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { ConfigError } from '../../src/errors/config-error.ts'
import { adviceId } from '../invariants/report.ts'
import { IdempotentFunction } from './idempotent-function.ts'
import type { IdempotentQueueProps } from './idempotent-queue-props.ts'
import { areDifferent, type Place } from './table-place.ts'

/** What Lambda's pollers do, with the role of the function. */
const POLLS = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
]

/**
 * Refuses a queue that a function cannot be fed from, and says what one of another account needs besides; as far as both
 * places are known.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function judgeQueuePlace(owner: Construct, props: IdempotentQueueProps): void {
  const { queue, function: existing } = props
  if (queue === undefined) return
  const { account, region } = queue.env
  const handler = existing instanceof IdempotentFunction ? existing.function : existing
  const user: Place = handler?.env ?? Stack.of(owner)
  if (areDifferent(region, user.region))
    throw new ConfigError(
      `${owner.node.path} is given a queue in ${region}, and its function is in ${user.region}. Lambda polls queues of the function's own Region alone: make them in one Region.`,
    )
  if (areDifferent(account, user.account))
    Annotations.of(owner).addWarningV2(
      adviceId('queue-policy-by-hand'),
      `${owner.node.path} reads a queue of account ${account}, its function is in account ${user.account}: what is granted to the role here is one half. Allow the role ${POLLS.join(', ')} in the queue's policy too, and kms:Decrypt in the policy of the queue's customer managed key, if it has one. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-cross-account-example.html`,
    )
}
