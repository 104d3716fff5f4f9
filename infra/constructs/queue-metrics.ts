import { Duration } from 'aws-cdk-lib'
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { HandlerMetrics } from './metrics.ts'

/** The handler's metrics and those of its queues. */
export class QueueMetrics extends HandlerMetrics {
  readonly #queue: IQueue
  readonly #deadLetterQueue: IQueue | undefined

  constructor(namespace: string, queue: IQueue, deadLetterQueue: IQueue | undefined) {
    super(namespace)
    this.#queue = queue
    this.#deadLetterQueue = deadLetterQueue
  }

  /** Messages that wait in the source queue. */
  waiting(options: MetricOptions = {}): Metric {
    return this.#queue.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(1),
      label: 'Waiting',
      ...options,
    })
  }

  /** Messages that are with the function. */
  inFlight(options: MetricOptions = {}): Metric {
    return this.#queue.metricApproximateNumberOfMessagesNotVisible({
      statistic: 'Maximum',
      period: Duration.minutes(1),
      label: 'InFlight',
      ...options,
    })
  }

  /** Age of the oldest message of the source queue, in seconds. */
  age(options: MetricOptions = {}): Metric {
    return this.#queue.metricApproximateAgeOfOldestMessage({
      statistic: 'Maximum',
      period: Duration.minutes(1),
      label: 'Age',
      ...options,
    })
  }

  /**
   * Messages that lie in the dead-letter queue, `undefined` if that is unknown. Not the number sent: SQS does not count
   * its own moves there.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  deadLetters(options: MetricOptions = {}): Metric | undefined {
    return this.#deadLetterQueue?.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(1),
      label: 'DeadLetters',
      ...options,
    })
  }
}
