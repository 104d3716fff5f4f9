import { formerAttempts } from '../../protocol/decide.ts'
import type { CallContext, ClaimOutcome, ClaimRequest } from '../contract.ts'
import {
  type ClaimStep,
  classify,
  clockIsOff,
  granted,
  insertStep,
  isUnsure,
  type NextStep,
  unavailable,
} from './claim.ts'
import type { Connection } from './connection.ts'
import { isMisconfigured, misconfigured } from './failures.ts'
import { isUnreadable, readOne } from './read.ts'
import { attemptWrite, type Written, writeOne } from './single.ts'
import { claimOverInput } from './writes.ts'

/**
 * Claims one id by itself: one conditional write, and a second one only when the first met something claimable.
 * The form for a message that comes alone, and the fallback when the batch form cannot serve a statement.
 * @throws StoreMisconfiguredError
 */
export async function claimOne(
  connection: Connection,
  request: ClaimRequest,
  context: CallContext,
): Promise<ClaimOutcome> {
  // The whole-condition form decides about stuck items by this host's clock, so the clock must be known to be right.
  let next =
    request.redelivered && connection.clockIsKnown && !clockIsOff(connection, context)
      ? await claimOver(connection, request, context)
      : await take(connection, request, context, insertStep(connection, request), false)
  if ('write' in next) next = await take(connection, request, context, next, true)
  // After the last write there is nothing but an answer.
  return 'answer' in next ? next.answer : unavailable(undefined)
}

async function take(
  connection: Connection,
  request: ClaimRequest,
  context: CallContext,
  step: ClaimStep,
  last: boolean,
): Promise<NextStep> {
  const written = await writeOne(connection, step.write, context.deadline, 1)
  return 'old' in written
    ? { answer: step.grants }
    : afterRefusal(connection, request, context, written, last)
}

async function claimOver(
  connection: Connection,
  request: ClaimRequest,
  context: CallContext,
): Promise<NextStep> {
  const { runtime, table } = connection
  const { id } = request
  const { deadline, marginMs } = context
  const now = runtime.now()
  const written = await attemptWrite(connection, id, deadline, () =>
    connection.update(claimOverInput(table, request, now, marginMs), deadline),
  )
  if (!('old' in written)) return afterRefusal(connection, request, context, written, false)
  const { old } = written
  if (old === undefined) return { answer: granted('fresh', now, 1) }
  const why = old.status === 'FAILED' ? 'retry' : 'takeover'
  return { answer: granted(why, old.fence + 1, formerAttempts(why, old) + 1) }
}

async function afterRefusal(
  connection: Connection,
  request: ClaimRequest,
  context: CallContext,
  written: Exclude<Written, { old: unknown }>,
  last: boolean,
): Promise<NextStep> {
  if ('met' in written) {
    const next = classify(connection, request, written.met, context, last)
    if (!isUnsure(connection, next)) return next
    const read = await readOne(connection, request.id, context.deadline)
    return isUnreadable(read)
      ? { answer: unavailable(read.unreadable) }
      : classify(connection, request, read, context, last)
  }
  if (isMisconfigured(written.failed)) throw misconfigured(connection.table, written.failed)
  return { answer: unavailable(written.failed) }
}
