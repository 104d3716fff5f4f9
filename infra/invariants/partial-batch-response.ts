import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * The mapping has `ReportBatchItemFailures`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const partialBatchResponse: Invariant = {
  id: 'partial-batch-response',
  severity: 'throw',
  reason:
    "Without it Lambda ignores the handler's answer and deletes the messages that it reported as failed: they are lost.",
  page: PAGES.partialResponse,
  check: ({ partialResponse }) =>
    partialResponse === false
      ? {
          found: 'The event source mapping has no ReportBatchItemFailures in FunctionResponseTypes.',
          fix: 'Set reportBatchItemFailures to true, or let IdempotentQueue make the mapping.',
        }
      : undefined,
}
