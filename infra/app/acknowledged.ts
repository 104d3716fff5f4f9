import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import type { IdempotentQueue } from '../constructs/idempotent-queue.ts'

/** A finding of cdk-nag that is as it should be. */
interface Acknowledged {
  readonly id: string
  readonly reason: string
  /** The smallest construct that it is about. */
  readonly at: (queue: IdempotentQueue) => IConstruct | undefined
}

/** All of them; a test sees that none is missing and none is stale. */
export const ACKNOWLEDGED: readonly Acknowledged[] = [
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'Only xray:PutTraceSegments and xray:PutTelemetryRecords, which know no resources (service authorization reference of X-Ray).',
    at: ({ handler }) => handler.node.findChild('Role'),
  },
  {
    id: 'Serverless-SQSRedrivePolicy',
    reason: 'It is the dead-letter queue. Its messages wait for a person, watched by an alarm.',
    at: ({ deadLetterQueue }) => deadLetterQueue,
  },
  {
    id: 'Serverless-LambdaDLQ',
    reason:
      'The dead-letter target of a function is for asynchronous invocations. This one is invoked by its event source mapping, synchronously; failed messages stay in the queue and go to its dead-letter queue.',
    at: ({ handler }) => handler.function,
  },
  {
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason:
      'An event source mapping of SQS has no failure destination (those are for streams and Kafka); the source queue has a dead-letter queue.',
    at: ({ mapping }) => mapping,
  },
]

/** Records the acknowledgements at the constructs of these queues. */
export function acknowledgeFindings(...queues: readonly IdempotentQueue[]): void {
  for (const queue of queues)
    for (const { id, reason, at } of ACKNOWLEDGED) {
      const construct = at(queue)
      if (construct) Validations.of(construct).acknowledge({ id, reason })
    }
}
