import { Stack, Token } from 'aws-cdk-lib'
import { CfnQueue, type IQueue } from 'aws-cdk-lib/aws-sqs'
import { DEFAULT_RETENTION_MS } from '../../src/options/window.ts'
import type { DeadLetterWiring, Wiring } from '../invariants/wiring.ts'
import { knownNumber, knownText, secondsToMs } from './known.ts'
import { referencesOf } from './references.ts'

/** SQS's visibility timeout when a queue sets none. */
const DEFAULT_VISIBILITY_SECONDS = 30

/** What is known about a queue that exists already; of an imported one hardly more than its type. */
export function queueFacts(queue: IQueue): Wiring {
  const resource = queue.node.defaultChild
  return resource instanceof CfnQueue ? queueResourceFacts(resource) : { fifo: knownType(queue) }
}

/** What is known about a queue of this app, whoever made it. */
export function queueResourceFacts(resource: CfnQueue): Wiring {
  return {
    ...deadLetterResourceFacts(resource),
    queueName: knownText(resource.queueName),
    visibilityMs: secondsToMs(resource.visibilityTimeout, DEFAULT_VISIBILITY_SECONDS),
    throughputLimit: oneOf(resource.fifoThroughputLimit, ['perQueue', 'perMessageGroupId']),
    deduplicationScope: oneOf(resource.deduplicationScope, ['queue', 'messageGroup']),
    ...redriveFacts(resource),
  }
}

/** What is known about a dead-letter queue. */
export function deadLetterFacts(queue: IQueue): DeadLetterWiring {
  const resource = queue.node.defaultChild
  return resource instanceof CfnQueue ? deadLetterResourceFacts(resource) : { fifo: knownType(queue) }
}

/** Whether the queue of this ARN is FIFO; `undefined` if the ARN is a token. */
export function fifoOfArn(arn: unknown): boolean | undefined {
  return knownText(arn)?.endsWith('.fifo')
}

function deadLetterResourceFacts(resource: CfnQueue): DeadLetterWiring {
  const { fifoQueue = false } = resource
  return {
    fifo: typeof fifoQueue === 'boolean' ? fifoQueue : undefined,
    retentionMs: secondsToMs(resource.messageRetentionPeriod, DEFAULT_RETENTION_MS / 1000),
  }
}

/** The redrive policy, by whatever it was set. */
function redriveFacts(resource: CfnQueue): Pick<Wiring, 'deadLetter' | 'maxReceiveCount'> {
  const { redrivePolicy } = resource
  if (redrivePolicy === undefined) return { deadLetter: null }
  const policy: unknown = Stack.of(resource).resolve(redrivePolicy)
  const { deadLetterTargetArn, maxReceiveCount }: Readonly<Record<string, unknown>> = { ...Object(policy) }
  for (const target of referencesOf(redrivePolicy, resource))
    if (target instanceof CfnQueue)
      return { deadLetter: deadLetterResourceFacts(target), maxReceiveCount: knownNumber(maxReceiveCount) }
  return {
    deadLetter: { fifo: fifoOfArn(deadLetterTargetArn) },
    maxReceiveCount: knownNumber(maxReceiveCount),
  }
}

/** An imported queue whose ARN is a token says "standard" though nobody knows. */
function knownType(queue: IQueue): boolean | undefined {
  return queue.fifo || !Token.isUnresolved(queue.queueArn) ? queue.fifo : undefined
}

function oneOf<Value extends string>(value: string | undefined, values: readonly Value[]): Value | undefined {
  return values.find((candidate) => candidate === value)
}
