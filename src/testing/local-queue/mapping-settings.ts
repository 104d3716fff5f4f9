import { ConfigError } from '../../errors/config-error.ts'
import { render } from '../../errors/render.ts'
import type { LocalQueueOptions } from './options.ts'

/** The properties of `AWS::Lambda::EventSourceMapping` that shape batches and responses. */
export interface EventSourceMappingSettings {
  readonly BatchSize?: number | undefined
  readonly MaximumBatchingWindowInSeconds?: number | undefined
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number | undefined } | undefined
  readonly FunctionResponseTypes?: readonly string[] | undefined
  readonly [other: string]: unknown
}

/**
 * Options of {@link localQueue} from the properties of an event source mapping in a template. What the template leaves
 * out gets Lambda's default: batches of 10, no window, and a response that is *not read*.
 *
 * @throws ConfigError when Lambda would refuse the value. Other properties are ignored.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html
 */
export function fromEventSourceMapping(
  properties: EventSourceMappingSettings,
): Pick<
  LocalQueueOptions,
  'batchSize' | 'maximumBatchingWindowInSeconds' | 'maximumConcurrency' | 'reportBatchItemFailures'
> {
  const { BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig, FunctionResponseTypes = [] } = properties
  const concurrency = ScalingConfig?.MaximumConcurrency
  if (concurrency !== undefined && !(concurrency >= 2 && concurrency <= 1_000)) {
    throw new ConfigError(`ScalingConfig.MaximumConcurrency is ${render(concurrency)}. Allowed: 2 to 1000.`)
  }
  const unknown = FunctionResponseTypes.find((type) => type !== 'ReportBatchItemFailures')
  if (unknown !== undefined) {
    throw new ConfigError(
      `FunctionResponseTypes holds ${render(unknown)}. Allowed: "ReportBatchItemFailures".`,
    )
  }
  return {
    batchSize: BatchSize ?? 10,
    maximumBatchingWindowInSeconds: MaximumBatchingWindowInSeconds ?? 0,
    ...(concurrency === undefined ? {} : { maximumConcurrency: concurrency }),
    reportBatchItemFailures: FunctionResponseTypes.length > 0,
  }
}
