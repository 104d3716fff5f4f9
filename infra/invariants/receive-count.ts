import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/** What AWS advises for a queue that Lambda reads. */
export const ADVISED_RECEIVE_COUNT = 5

/**
 * maxReceiveCount ≥ 5.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const receiveCount: Invariant = {
  id: 'receive-count',
  severity: 'warn',
  reason:
    'A throttled delivery raises the receive count without an attempt: with few of them good messages are dead-lettered.',
  page: PAGES.queueForLambda,
  check: ({ maxReceiveCount }) =>
    maxReceiveCount === undefined || maxReceiveCount >= ADVISED_RECEIVE_COUNT
      ? undefined
      : {
          found: `maxReceiveCount is ${maxReceiveCount}.`,
          fix: `Set maxReceiveCount to at least ${ADVISED_RECEIVE_COUNT}.`,
        },
}
