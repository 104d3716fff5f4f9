import { attemptsOutlastLease } from './attempts-outlast-lease.ts'
import { batchSizeRange } from './batch-size-range.ts'
import { batchingWindowRange } from './batching-window-range.ts'
import { deadLetterPresent } from './dead-letter-present.ts'
import { deadLetterRetention } from './dead-letter-retention.ts'
import { deadLetterType } from './dead-letter-type.ts'
import { fifoBatchSize } from './fifo-batch-size.ts'
import { fifoBatchingWindow } from './fifo-batching-window.ts'
import { fifoName } from './fifo-name.ts'
import { fifoThroughput } from './fifo-throughput.ts'
import type { Invariant } from './invariant.ts'
import { largeBatchNeedsWindow } from './large-batch-needs-window.ts'
import { maxConcurrencyRange } from './max-concurrency-range.ts'
import { namespacePattern } from './namespace-pattern.ts'
import { nodeVersion } from './node-version.ts'
import { partialBatchResponse } from './partial-batch-response.ts'
import { pollersOrConcurrency } from './pollers-or-concurrency.ts'
import { provisionedPollers } from './provisioned-pollers.ts'
import { receiveCount } from './receive-count.ts'
import { reservedConcurrency } from './reserved-concurrency.ts'
import { reservedWithoutMaximum } from './reserved-without-maximum.ts'
import { timeToWork } from './time-to-work.ts'
import { visibilityCoversLease } from './visibility-covers-lease.ts'
import { visibilityCoversRetries } from './visibility-covers-retries.ts'
import { visibilityCoversTakeover } from './visibility-covers-takeover.ts'
import { visibilityCoversTimeout } from './visibility-covers-timeout.ts'
import { visibilityRange } from './visibility-range.ts'
import { windowOutlivesLease } from './window-outlives-lease.ts'
import { windowOutlivesRedrive } from './window-outlives-redrive.ts'
import { windowOutlivesRetention } from './window-outlives-retention.ts'
import { windowRange } from './window-range.ts'

/** All invariants, in the order in which they are reported. */
export const INVARIANTS: readonly Invariant[] = [
  partialBatchResponse,
  nodeVersion,
  visibilityRange,
  visibilityCoversTimeout,
  visibilityCoversLease,
  visibilityCoversRetries,
  visibilityCoversTakeover,
  timeToWork,
  deadLetterPresent,
  deadLetterType,
  deadLetterRetention,
  attemptsOutlastLease,
  receiveCount,
  windowRange,
  windowOutlivesLease,
  windowOutlivesRetention,
  windowOutlivesRedrive,
  namespacePattern,
  fifoName,
  fifoBatchSize,
  fifoBatchingWindow,
  fifoThroughput,
  batchSizeRange,
  batchingWindowRange,
  largeBatchNeedsWindow,
  reservedConcurrency,
  reservedWithoutMaximum,
  maxConcurrencyRange,
  provisionedPollers,
  pollersOrConcurrency,
]
