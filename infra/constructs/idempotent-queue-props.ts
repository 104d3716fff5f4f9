import type { Duration } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { AlarmProps } from './alarms.ts'
import type { AnyFunction } from './function-facts.ts'
import type { IdempotentFunction, IdempotentFunctionProps } from './idempotent-function.ts'

/** What a new queue takes; all of it is refused beside an existing one. */
export interface NewQueueProps {
  /**
   * A FIFO queue, with throughput and deduplication per message group.
   * @default false
   */
  readonly fifo?: boolean | undefined
  /**
   * Physical name; of a FIFO queue it ends in `.fifo`.
   * @default made up by CloudFormation
   */
  readonly queueName?: string | undefined
  /** @default 6 × the function's timeout and the batching window, at least 30 seconds */
  readonly visibilityTimeout?: Duration | undefined
  /**
   * How long the source queue keeps a message.
   * @default Duration.days(4)
   */
  readonly retentionPeriod?: Duration | undefined
  /**
   * How long the dead-letter queue keeps a message. On a standard queue its time runs from when it was first sent.
   * @default Duration.days(14)
   */
  readonly deadLetterRetention?: Duration | undefined
  /**
   * Deliveries before SQS moves a message to the dead-letter queue.
   * @default 5
   */
  readonly maxReceiveCount?: number | undefined
  /** A dead-letter queue that exists already. */
  readonly deadLetterQueue?: IQueue | undefined
  /**
   * Customer managed key of both queues.
   * @default SQS's own key (SSE-SQS), which costs nothing
   */
  readonly encryptionKey?: IKey | undefined
}

export interface ProvisionedPollers {
  /** 2 to 200. */
  readonly minimum?: number | undefined
  /** 2 to 10,000. */
  readonly maximum?: number | undefined
}

export interface IdempotentQueueProps
  extends Omit<IdempotentFunctionProps, 'function' | 'ttl'>,
    NewQueueProps {
  /**
   * A function that exists already, or an alias or a version of one, instead of `entry`; or an `IdempotentFunction`, which may have several queues.
   */
  readonly function?: AnyFunction | IdempotentFunction | undefined
  /** A queue that exists already, instead of the properties of a new one. */
  readonly queue?: IQueue | undefined
  /**
   * Deduplication window of this function, whole seconds.
   * @default what outlives one redrive: the retention of source and dead-letter queue (FIFO: source counted twice);
   * 14 days if that is unknown
   */
  readonly ttl?: Duration | undefined
  /**
   * Messages per invocation: 1 to 10,000; FIFO to 10.
   * @default 10
   */
  readonly batchSize?: number | undefined
  /**
   * How long the mapping waits to fill a batch: to 300 s; needed beyond 10 messages.
   * @default none
   */
  readonly maxBatchingWindow?: Duration | undefined
  /**
   * Invocations at once: 2 to 1,000. Not together with `provisionedPollers`.
   * @default none
   */
  readonly maxConcurrency?: number | undefined
  /**
   * Pollers kept ready, which cost by the hour.
   * @default none: Lambda scales them
   */
  readonly provisionedPollers?: ProvisionedPollers | undefined
  /**
   * Alarm actions by severity; `false`: no alarms.
   * @default alarms without actions
   */
  readonly alarms?: AlarmProps | false | undefined
}
