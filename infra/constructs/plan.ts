import { Duration, Token } from 'aws-cdk-lib'
import { advisedVisibility } from '../invariants/visibility-covers-retries.ts'
import { visibilityOfTakeover } from '../invariants/visibility-covers-takeover.ts'
import { LONGEST_VISIBILITY_MS } from '../invariants/visibility-range.ts'
import { redriveSpan } from '../invariants/window-outlives-redrive.ts'
import type { Wiring } from '../invariants/wiring.ts'
import {
  DEFAULT_BATCH_SIZE,
  DEFAULT_DEAD_LETTER_RETENTION,
  DEFAULT_RECEIVE_COUNT,
  DEFAULT_RETENTION,
  DEFAULT_TIMEOUT,
  DEFAULT_TTL,
} from './defaults.ts'
import { functionFacts } from './function-facts.ts'
import { IdempotentFunction, newFunctionFacts } from './idempotent-function.ts'
import type { IdempotentQueueProps } from './idempotent-queue-props.ts'
import { knownMs, knownNumber, knownText } from './known.ts'
import { leaseFacts } from './lease.ts'
import { deadLetterFacts, queueFacts } from './queue-facts.ts'

/** What a new queue, its function and mapping will be, every default applied, before anything of it is made. */
export interface Plan {
  readonly wiring: Wiring
  readonly ttl: Duration
  /** Of a new queue. */
  readonly visibilityTimeout: Duration
}

/**
 * Works out the numbers of an `IdempotentQueue`. Nothing is created, so that all contradictions are found together,
 * and not the first one by whichever construct happens to look.
 */
export function planOf(props: IdempotentQueueProps, namespace: string | undefined): Plan {
  const handler = props.function instanceof IdempotentFunction ? props.function : undefined
  const existing = handler?.function ?? (props.function as Exclude<typeof props.function, IdempotentFunction>)
  const forFunction: Wiring = existing ? functionFacts(existing) : newFunctionFacts(props)
  const batchingWindowMs = props.maxBatchingWindow ? knownMs(props.maxBatchingWindow) : 0
  const lease = leaseFacts(handler?.lease ?? props.lease)
  const visibilityTimeout =
    props.visibilityTimeout ?? defaultVisibility({ ...forFunction, ...lease, batchingWindowMs })
  const forQueue: Wiring = props.queue ? queueFacts(props.queue) : newQueueFacts(props, visibilityTimeout)
  const span = redriveSpan(forQueue)
  const ttl =
    handler?.ttl ?? props.ttl ?? (span === undefined ? DEFAULT_TTL : Duration.seconds(Math.ceil(span / 1000)))
  const wiring: Wiring = {
    ...forFunction,
    ...forQueue,
    ...lease,
    batchSize: knownNumber(props.batchSize ?? DEFAULT_BATCH_SIZE),
    batchingWindowMs,
    // A maximum that is a token is set all the same: then nothing is said about the reserve.
    ...(Token.isUnresolved(props.maxConcurrency) ? { reservedConcurrency: undefined } : {}),
    maxConcurrency: knownNumber(props.maxConcurrency),
    pollers: props.provisionedPollers && {
      minimum: knownNumber(props.provisionedPollers.minimum),
      maximum: knownNumber(props.provisionedPollers.maximum),
    },
    partialResponse: true,
    namespace: knownText(namespace),
    ttlMs: knownMs(ttl),
  }
  return { wiring, ttl, visibilityTimeout }
}

/** What is advised and what a takeover needs, at least 30 s; an unknown timeout counts as the default. */
function defaultVisibility(wiring: Wiring): Duration {
  const { timeoutMs = DEFAULT_TIMEOUT.toMilliseconds(), batchingWindowMs = 0 } = wiring
  const takeover = visibilityOfTakeover(wiring) ?? 0
  const needed = Math.max(30_000, takeover, advisedVisibility(timeoutMs, batchingWindowMs))
  return Duration.seconds(Math.ceil(Math.min(needed, LONGEST_VISIBILITY_MS) / 1000))
}

function newQueueFacts(props: IdempotentQueueProps, visibilityTimeout: Duration): Wiring {
  const { fifo = false, deadLetterQueue, deadLetterRetention = DEFAULT_DEAD_LETTER_RETENTION } = props
  return {
    fifo,
    queueName: knownText(props.queueName),
    visibilityMs: knownMs(visibilityTimeout),
    retentionMs: knownMs(props.retentionPeriod ?? DEFAULT_RETENTION),
    throughputLimit: fifo ? 'perMessageGroupId' : undefined,
    deduplicationScope: fifo ? 'messageGroup' : undefined,
    maxReceiveCount: knownNumber(props.maxReceiveCount ?? DEFAULT_RECEIVE_COUNT),
    deadLetter: deadLetterQueue
      ? deadLetterFacts(deadLetterQueue)
      : { fifo, retentionMs: knownMs(deadLetterRetention) },
  }
}
