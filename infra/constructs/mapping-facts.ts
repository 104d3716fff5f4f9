import { CfnResource, Stack } from 'aws-cdk-lib'
import type { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { CfnQueue } from 'aws-cdk-lib/aws-sqs'
import type { Wiring } from '../invariants/wiring.ts'
import { DEFAULT_BATCH_SIZE } from './defaults.ts'
import { knownNumber, secondsToMs } from './known.ts'
import { fifoOfArn, queueResourceFacts } from './queue-facts.ts'
import { referencesOf } from './references.ts'

/** The queue of a mapping, if it is a resource of this app. */
export function queueOf(mapping: CfnEventSourceMapping): CfnQueue | undefined {
  for (const source of referencesOf(mapping.eventSourceArn, mapping))
    if (source instanceof CfnQueue) return source
  return undefined
}

/** Whether a mapping reads a queue, as far as can be told: `true` in doubt. */
export function readsQueue(mapping: CfnEventSourceMapping): boolean {
  const { eventSourceArn, startingPosition } = mapping
  if (eventSourceArn === undefined || startingPosition !== undefined) return false
  if (queueOf(mapping) !== undefined) return true
  const service = /^arn:[^:]+:([a-z]+):/.exec(eventSourceArn)?.[1]
  if (service !== undefined) return service === 'sqs'
  return ![...referencesOf(eventSourceArn, mapping)].some(
    // A broker, or a stream; a nested stack or a custom resource may well answer with a queue.
    (source) => source instanceof CfnResource && /^AWS::(?!CloudFormation::)/.test(source.cfnResourceType),
  )
}

/** What is known about a mapping of a queue, whoever made it, and about its queue. */
export function mappingFacts(mapping: CfnEventSourceMapping): Wiring {
  const stack = Stack.of(mapping)
  const queue = queueOf(mapping)
  const scaling = fields(stack.resolve(mapping.scalingConfig))
  const pollers: unknown = stack.resolve(mapping.provisionedPollerConfig)
  const types: unknown = stack.resolve(mapping.functionResponseTypes)
  return {
    ...(queue ? queueResourceFacts(queue) : { fifo: fifoOfArn(mapping.eventSourceArn) }),
    batchSize: knownNumber(mapping.batchSize ?? DEFAULT_BATCH_SIZE),
    batchingWindowMs: secondsToMs(mapping.maximumBatchingWindowInSeconds, 0),
    maxConcurrency: knownNumber(scaling['maximumConcurrency']),
    // A maximum that is a token is set all the same: then nothing is said about the reserve.
    ...(typeof scaling['maximumConcurrency'] === 'object' ? { reservedConcurrency: undefined } : {}),
    pollers:
      pollers === undefined
        ? undefined
        : {
            minimum: knownNumber(fields(pollers)['minimumPollers']),
            maximum: knownNumber(fields(pollers)['maximumPollers']),
          },
    partialResponse: Array.isArray(types) && types.includes('ReportBatchItemFailures'),
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return { ...Object(value) }
}
