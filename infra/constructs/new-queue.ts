import { RemovalPolicy } from 'aws-cdk-lib'
import {
  DeduplicationScope,
  FifoThroughputLimit,
  type IQueue,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { DEFAULT_DEAD_LETTER_RETENTION, DEFAULT_RECEIVE_COUNT, DEFAULT_RETENTION } from './defaults.ts'
import type { IdempotentQueueProps } from './idempotent-queue-props.ts'
import type { Plan } from './plan.ts'

/** The source queue: encrypted, TLS only, with a dead-letter queue. */
export function newQueue(
  scope: Construct,
  props: IdempotentQueueProps,
  plan: Plan,
  deadLetterQueue: IQueue,
): Queue {
  return new Queue(scope, 'Queue', {
    ...common(props),
    ...(props.queueName === undefined ? {} : { queueName: props.queueName }),
    visibilityTimeout: plan.visibilityTimeout,
    retentionPeriod: props.retentionPeriod ?? DEFAULT_RETENTION,
    deadLetterQueue: {
      queue: deadLetterQueue,
      maxReceiveCount: props.maxReceiveCount ?? DEFAULT_RECEIVE_COUNT,
    },
  })
}

/** Its dead-letter queue: the same, and keeps messages as long as it can. */
export function newDeadLetterQueue(scope: Construct, props: IdempotentQueueProps): Queue {
  return new Queue(scope, 'DeadLetterQueue', {
    ...common(props),
    retentionPeriod: props.deadLetterRetention ?? DEFAULT_DEAD_LETTER_RETENTION,
  })
}

function common({ fifo, encryptionKey, removalPolicy }: IdempotentQueueProps): QueueProps {
  return {
    enforceSSL: true,
    removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
    ...(encryptionKey
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: QueueEncryption.SQS_MANAGED }),
    ...(fifo
      ? {
          fifo: true,
          fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
          deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        }
      : {}),
  }
}
