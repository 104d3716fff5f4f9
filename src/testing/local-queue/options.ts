import { ConfigError } from '../../errors/config-error.ts'
import { anyFunction, either, objectOf, type Rule, type Rules, wholeNumber } from '../../options/rules.ts'
import type { SqsRecord } from '../../protocol/sqs-record.ts'
import { checkOptions, isObjectWith, type OptionRules } from './check-options.ts'
import type { LocalHandler } from './context.ts'
import type { LocalQueueEvent } from './events.ts'
import type { Invoker } from './invoker.ts'
import type { QueueFacts, SqsClientShape } from './queue-shapes.ts'

export interface LocalQueueOptions {
  readonly queueUrl: string
  /** The SDK's `SQSClient`, pointed at any SQS endpoint. */
  readonly client: SqsClientShape
  /** The function: a handler to run in this process, or an invoker such as {@link workerInvoker}. */
  readonly invoke: Invoker | LocalHandler
  /** Messages per batch, 1 to 10,000; FIFO: to 10. Above 10 a batching window is needed. @default 10 */
  readonly batchSize?: number | undefined
  /** Whole seconds, 0 to 300, to wait for a full batch. Not on FIFO queues. @default 0 */
  readonly maximumBatchingWindowInSeconds?: number | undefined
  /** Invocations at once, 1 to 1,000. @default 5 */
  readonly maximumConcurrency?: number | undefined
  /** `FunctionResponseTypes: [ReportBatchItemFailures]`. `false`: the response is not read. @default true */
  readonly reportBatchItemFailures?: boolean | undefined
  /** Things that queues do and local servers do not. @default none */
  readonly faults?: LocalQueueFaults | undefined
  readonly onEvent?: ((event: LocalQueueEvent) => void) | undefined
}

export interface LocalQueueFaults {
  /**
   * Delivers this message a second time at once, in another batch. One of the concurrent invocations is kept free for
   * it; with `maximumConcurrency: 1` the second delivery follows the first.
   */
  readonly deliverTwice?: ((record: SqsRecord) => boolean) | undefined
  /** Does not delete this message though the function acknowledged it: it is delivered again. */
  readonly loseDelete?: ((record: SqsRecord) => boolean) | undefined
}

const FAULTS: Rules = {
  deliverTwice: anyFunction,
  loseDelete: anyFunction,
} satisfies Record<keyof LocalQueueFaults, Rule>

const OPTIONS: OptionRules = {
  rules: {
    queueUrl: (value) => (typeof value === 'string' && URL.canParse(value)) || 'the URL of an SQS queue',
    client: (value) => isObjectWith(value, 'send') || 'an SQSClient, or an object with its "send"',
    invoke: (value) =>
      typeof value === 'function' ||
      (isObjectWith(value, 'invoke') && isObjectWith(value, 'close')) ||
      'a handler function, or an invoker such as workerInvoker({ module })',
    batchSize: wholeNumber(1, 10_000),
    maximumBatchingWindowInSeconds: wholeNumber(0, 300),
    maximumConcurrency: wholeNumber(1, 1_000),
    reportBatchItemFailures: either(true, false),
    faults: objectOf(FAULTS),
    onEvent: anyFunction,
  } satisfies Record<keyof LocalQueueOptions, Rule>,
  required: ['queueUrl', 'client', 'invoke'],
  nested: { faults: FAULTS },
}

/** Throws a `ConfigError` that names each wrong option, what was given and what is allowed. */
export function checkLocalQueueOptions(options: LocalQueueOptions): void {
  checkOptions('localQueue', OPTIONS, options)
  const { batchSize = 10, maximumBatchingWindowInSeconds: window = 0 } = options
  if (batchSize > 10 && window < 1) {
    throw new ConfigError(
      `localQueue: batchSize is ${batchSize} and maximumBatchingWindowInSeconds is ${window}. Above 10 messages the window must be at least 1.`,
    )
  }
}

/** What can only be said once the queue is known, in the words of the service that would refuse it. */
export function checkAgainstQueue(options: LocalQueueOptions, facts: QueueFacts, timeoutMs: number): void {
  const { batchSize = 10, maximumBatchingWindowInSeconds: window = 0 } = options
  if (facts.visibilityTimeout * 1_000 < timeoutMs) {
    throw new ConfigError(
      `localQueue: the queue's visibility timeout is ${facts.visibilityTimeout} s, shorter than the function's timeout of ${timeoutMs / 1_000} s. Lambda refuses such a mapping; AWS advises six times the timeout.`,
    )
  }
  if (!facts.fifo) return
  if (batchSize > 10)
    throw new ConfigError(`localQueue: batchSize is ${batchSize}. Allowed on a FIFO queue: 1 to 10.`)
  if (window > 0) {
    throw new ConfigError(
      `localQueue: maximumBatchingWindowInSeconds is ${window}. Allowed on a FIFO queue: 0, there is no window.`,
    )
  }
}
