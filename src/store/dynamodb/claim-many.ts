import type { BatchStatementRequest, BatchStatementResponse } from '@aws-sdk/client-dynamodb'
import { formerAttempts } from '../../protocol/decide.ts'
import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { CallContext, ClaimOutcome, ClaimRequest } from '../contract.ts'
import { classify, granted, type NextStep, unavailable } from './claim.ts'
import { claimOne } from './claim-one.ts'
import type { Connection } from './connection.ts'
import {
  isAccessDenied,
  isMisconfigured,
  isMisconfiguredStatement,
  misconfigured,
  nameOf,
} from './failures.ts'
import { recordOf } from './item.ts'
import { isUnreadable, readMany } from './read.ts'
import type { Statements } from './statements.ts'

/** BatchExecuteStatement's own limit. */
export const STATEMENTS_PER_REQUEST = 25

/** One claim on its way; `outcome` ends it. */
interface Attempt {
  readonly request: ClaimRequest
  /** What to write in the next request; nothing: read first. */
  step: Exclude<NextStep, { answer: ClaimOutcome }> | undefined
  /** The item that a failed statement returned, if the server returns it. */
  returned: IdempotencyRecord | undefined
  outcome: ClaimOutcome | undefined
}

/**
 * Claims many ids in few requests: first deliveries are inserted in one batch while redeliveries are read in another
 * beside it; what turns out claimable is taken over in one more. Each id gets at most two writes and two looks.
 * @throws StoreMisconfiguredError
 */
export async function claimMany(
  connection: Connection,
  statements: Statements,
  requests: readonly ClaimRequest[],
  context: CallContext,
): Promise<readonly ClaimOutcome[]> {
  const attempts = requests.map(
    (request): Attempt => ({
      request,
      step: request.redelivered ? undefined : { insert: true },
      returned: undefined,
      outcome: undefined,
    }),
  )
  const redelivered = attempts.filter((attempt) => attempt.step === undefined)
  await Promise.all([
    write(
      connection,
      statements,
      attempts.filter((attempt) => attempt.step !== undefined),
      context,
    ),
    look(connection, redelivered, context, false),
  ])
  // A first delivery that met a record has been written once; it joins those that were read.
  const met = attempts.filter((attempt) => attempt.outcome === undefined && attempt.step === undefined)
  if (met.length > 0) await look(connection, met, context, false)
  const claimable = attempts.filter((attempt) => attempt.outcome === undefined)
  if (claimable.length > 0) {
    await write(connection, statements, claimable, context)
    const lost = claimable.filter((attempt) => attempt.outcome === undefined)
    if (lost.length > 0) await look(connection, lost, context, true)
  }
  return attempts.map((attempt) => attempt.outcome ?? unavailable(new Error('no answer')))
}

/** Looks at the records and classifies them: an outcome, or the step to write next. */
async function look(
  connection: Connection,
  attempts: readonly Attempt[],
  context: CallContext,
  last: boolean,
): Promise<void> {
  if (attempts.length === 0) return
  const unseen = attempts.filter((attempt) => attempt.returned === undefined)
  const denied = (error: unknown) => deny(connection, context, 'BatchGetItem', error)
  const ids = unseen.map((attempt) => attempt.request.id)
  const found = await readMany(connection, ids, context.deadline, denied)
  for (const attempt of attempts) {
    const seen = attempt.returned ?? found.get(attempt.request.id)
    attempt.returned = undefined
    if (isUnreadable(seen)) {
      const error = seen.unreadable
      if (isMisconfigured(error)) throw asMisconfigured(connection, error)
      attempt.outcome = unavailable(error)
      continue
    }
    const next = classify(connection, attempt.request, seen, context, last)
    if ('answer' in next) attempt.outcome = next.answer
    else attempt.step = next
  }
}

/** Writes each attempt's step, 25 to a request. Those that met another record end up with neither outcome nor step. */
async function write(
  connection: Connection,
  statements: Statements,
  attempts: readonly Attempt[],
  context: CallContext,
): Promise<void> {
  const chunks: Promise<void>[] = []
  for (let start = 0; start < attempts.length; start += STATEMENTS_PER_REQUEST) {
    chunks.push(
      writeChunk(connection, statements, attempts.slice(start, start + STATEMENTS_PER_REQUEST), context),
    )
  }
  await Promise.all(chunks)
}

async function writeChunk(
  connection: Connection,
  statements: Statements,
  attempts: readonly Attempt[],
  context: CallContext,
): Promise<void> {
  if (!connection.batching) return oneByOne(connection, attempts, context)
  const now = connection.runtime.now()
  const batch = attempts.map((attempt) => statementOf(statements, attempt, now))
  let responses: readonly BatchStatementResponse[]
  try {
    responses = await connection.execute(batch, context.deadline)
  } catch (error) {
    if (isAccessDenied(error)) {
      deny(connection, context, 'BatchExecuteStatement', error)
      return oneByOne(connection, attempts, context)
    }
    if (isMisconfigured(error)) throw asMisconfigured(connection, error)
    for (const attempt of attempts) attempt.outcome = unavailable(error)
    return
  }
  const again: Attempt[] = []
  for (const [index, attempt] of attempts.entries()) {
    if (!absorb(connection, attempt, responses[index], now, context)) again.push(attempt)
  }
  if (again.length > 0) await oneByOne(connection, again, context)
}

/** Takes in one statement's answer; false: it must be tried through the single-item form. */
function absorb(
  connection: Connection,
  attempt: Attempt,
  response: BatchStatementResponse | undefined,
  now: number,
  context: CallContext,
): boolean {
  const { step } = attempt
  // No answer at all for a statement is no success.
  if (response === undefined) return false
  const { Error: failure } = response
  if (failure === undefined) {
    attempt.outcome =
      step !== undefined && 'takeOver' in step
        ? granted(step.why, step.takeOver.fence + 1, formerAttempts(step.why, step.takeOver) + 1)
        : granted('fresh', now, 1)
    return true
  }
  switch (failure.Code) {
    case 'DuplicateItem':
    case 'ConditionalCheckFailed':
      attempt.step = undefined
      attempt.returned = failure.Item === undefined ? undefined : recordOf(failure.Item)
      return true
    case 'AccessDenied':
      deny(connection, context, 'BatchExecuteStatement', failure)
      return false
    default:
      if (isMisconfiguredStatement(failure.Code)) {
        throw misconfigured(connection.table, failure.Code ?? '', failure.Message ?? '')
      }
      // Throttled or failed inside: the SDK does not come back for single statements.
      return false
  }
}

async function oneByOne(
  connection: Connection,
  attempts: readonly Attempt[],
  context: CallContext,
): Promise<void> {
  await Promise.all(
    attempts.map(async (attempt) => {
      attempt.outcome = await claimOne(connection, attempt.request, context)
    }),
  )
}

function statementOf(statements: Statements, attempt: Attempt, now: number): BatchStatementRequest {
  const { step, request } = attempt
  return step !== undefined && 'takeOver' in step
    ? statements.takeOver(request, step.takeOver, step.why)
    : statements.insert(request, now)
}

function deny(connection: Connection, context: CallContext, operation: string, error: unknown): void {
  if (!connection.batching) return
  connection.batching = false
  context.notify?.({ kind: 'batch-denied', operation, error })
}

function asMisconfigured(connection: Connection, error: unknown): Error {
  return misconfigured(
    connection.table,
    nameOf(error),
    error instanceof Error ? error.message : String(error),
    error,
  )
}
