import { Token } from 'aws-cdk-lib'
import { CfnQueue, type IQueue, Queue } from 'aws-cdk-lib/aws-sqs'
import { DEFAULT_RETENTION_MS } from '../../src/options/window.ts'
import type { DeadLetterWiring, Wiring } from '../invariants/wiring.ts'
import { knownNumber, knownText, secondsToMs } from './known.ts'

/** SQS's visibility timeout when a queue sets none. */
const DEFAULT_VISIBILITY_SECONDS = 30

/** What is known about a queue that exists already; of an imported one hardly more than its type. */
export function queueFacts(queue: IQueue): Wiring {
  const resource = queue.node.defaultChild
  if (!(resource instanceof CfnQueue)) return { fifo: knownType(queue) }
  const source = queue instanceof Queue ? queue.deadLetterQueue : undefined
  return {
    fifo: queue.fifo,
    queueName: knownText(resource.queueName),
    visibilityMs: secondsToMs(resource.visibilityTimeout, DEFAULT_VISIBILITY_SECONDS),
    retentionMs: secondsToMs(resource.messageRetentionPeriod, DEFAULT_RETENTION_MS / 1000),
    throughputLimit: oneOf(resource.fifoThroughputLimit, ['perQueue', 'perMessageGroupId']),
    deduplicationScope: oneOf(resource.deduplicationScope, ['queue', 'messageGroup']),
    maxReceiveCount: knownNumber(source?.maxReceiveCount),
    // Without the L2's property a policy set on the resource itself tells only that there is one.
    deadLetter: source
      ? deadLetterFacts(source.queue)
      : resource.redrivePolicy === undefined
        ? null
        : undefined,
  }
}

/** What is known about a dead-letter queue. */
export function deadLetterFacts(queue: IQueue): DeadLetterWiring {
  const resource = queue.node.defaultChild
  if (!(resource instanceof CfnQueue)) return { fifo: knownType(queue) }
  return {
    fifo: queue.fifo,
    retentionMs: secondsToMs(resource.messageRetentionPeriod, DEFAULT_RETENTION_MS / 1000),
  }
}

/** An imported queue whose ARN is a token says "standard" though nobody knows. */
function knownType(queue: IQueue): boolean | undefined {
  return queue.fifo || !Token.isUnresolved(queue.queueArn) ? queue.fifo : undefined
}

function oneOf<Value extends string>(value: string | undefined, values: readonly Value[]): Value | undefined {
  return values.find((candidate) => candidate === value)
}
