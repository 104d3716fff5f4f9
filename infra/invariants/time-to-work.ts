import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'
import { spell } from './spell.ts'

/**
 * The function's timeout is longer than the reserve that the handler keeps to settle and answer.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
 */
export const timeToWork: Invariant = {
  id: 'time-to-work',
  severity: 'throw',
  reason: 'No record is started inside the reserve: not one message would ever run.',
  page: PAGES.timeout,
  check: ({ timeoutMs, deadlineReserveMs }) =>
    timeoutMs === undefined || deadlineReserveMs === undefined || timeoutMs > deadlineReserveMs
      ? undefined
      : {
          found: `The function's timeout is ${spell(timeoutMs)}, the handler's deadlineReserveMs ${spell(deadlineReserveMs)}.`,
          fix: `Set timeout to more than ${spell(deadlineReserveMs)} and the time that a message takes.`,
        },
}
