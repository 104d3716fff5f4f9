import { Duration } from 'aws-cdk-lib'
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { IdempotentFunction } from './idempotent-function.ts'
import { HandlerMetrics } from './metrics.ts'

/** The handler's metrics, those of its function and of its queues. */
export class QueueMetrics extends HandlerMetrics {
  readonly #function: IFunction
  readonly #queue: IQueue
  readonly #deadLetterQueue: IQueue | undefined

  constructor(handler: IdempotentFunction, queue: IQueue, deadLetterQueue: IQueue | undefined) {
    super(handler.namespace)
    this.#function = handler.function
    this.#queue = queue
    this.#deadLetterQueue = deadLetterQueue
  }

  /** Invocations that ended in an error or a timeout: their whole batch comes back. The handler writes nothing of them. */
  errors(options: MetricOptions = {}): Metric {
    return this.#function.metricErrors({ label: 'Errors', ...options })
  }

  /** Invocations that Lambda refused: their whole batch comes back, its receive counts raised. */
  throttles(options: MetricOptions = {}): Metric {
    return this.#function.metricThrottles({ label: 'Throttles', ...options })
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
