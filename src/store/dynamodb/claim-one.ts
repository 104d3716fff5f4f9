import { formerAttempts } from '../../protocol/decide.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { CallContext, ClaimOutcome, ClaimRequest } from '../contract.ts'
import { classify, clockIsOff, granted, type NextStep, unavailable } from './claim.ts'
import { claimOverInput, insertInput, takeOverInput } from './claim-expressions.ts'
import type { Connection } from './connection.ts'
import { isConditionFailure, isMisconfigured, misconfigured, nameOf } from './failures.ts'
import { type Item, recordOf } from './item.ts'
import { isUnreadable, readOne } from './read.ts'

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
  try {
    const first = await firstWrite(connection, request, context)
    if ('answer' in first) return first.answer
    const second = await secondWrite(connection, request, context, first)
    return second
  } catch (error) {
    if (isMisconfigured(error)) throw misconfigured(connection.table, nameOf(error), messageOf(error), error)
    return unavailable(error)
  }
}

async function firstWrite(
  connection: Connection,
  request: ClaimRequest,
  context: CallContext,
): Promise<NextStep> {
  const { runtime, table } = connection
  const now = runtime.now()
  // The whole-condition form decides about stuck items by this host's clock; a wrong clock must look first.
  const over = request.redelivered && !clockIsOff(connection, context)
  try {
    if (!over) {
      await connection.put(insertInput(table, request, now), context.deadline)
      return { answer: granted('fresh', now, 1) }
    }
    const { Attributes: old } = await connection.update(
      claimOverInput(table, request, now, context.marginMs),
      context.deadline,
    )
    return { answer: grantedOver(old === undefined ? undefined : recordOf(old), now) }
  } catch (error) {
    if (!isConditionFailure(error)) throw error
    return classify(connection, request, await observed(connection, request, context, error), context, false)
  }
}

function grantedOver(old: IdempotencyRecord | undefined, now: number): ClaimOutcome {
  if (old === undefined) return granted('fresh', now, 1)
  const why = old.status === 'FAILED' ? 'retry' : 'takeover'
  return granted(why, old.fence + 1, formerAttempts(why, old) + 1)
}

async function secondWrite(
  connection: Connection,
  request: ClaimRequest,
  context: CallContext,
  step: Exclude<NextStep, { answer: ClaimOutcome }>,
): Promise<ClaimOutcome> {
  const { runtime, table } = connection
  try {
    if ('insert' in step) {
      const now = runtime.now()
      await connection.put(insertInput(table, request, now), context.deadline)
      return granted('fresh', now, 1)
    }
    const { takeOver, why } = step
    await connection.update(takeOverInput(table, request, takeOver, why), context.deadline)
    return granted(why, takeOver.fence + 1, formerAttempts(why, takeOver) + 1)
  } catch (error) {
    if (!isConditionFailure(error)) throw error
    const last = classify(
      connection,
      request,
      await observed(connection, request, context, error),
      context,
      true,
    )
    // With `last` there is nothing but an answer.
    return 'answer' in last ? last.answer : unavailable(error)
  }
}

/** The item behind a failed condition: as returned, else read consistently. A failed condition alone is no answer. */
async function observed(
  connection: Connection,
  request: ClaimRequest,
  context: CallContext,
  failure: unknown,
): Promise<IdempotencyRecord | undefined> {
  const item = (failure as { readonly Item?: Item }).Item
  if (item !== undefined) return recordOf(item)
  const read = await readOne(connection, request.id, context.deadline)
  if (isUnreadable(read)) throw read.unreadable
  return read
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
