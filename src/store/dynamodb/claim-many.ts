import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { CallContext, ClaimOutcome, ClaimRequest } from '../contract.ts'
import { type ClaimStep, classify, insertStep, isUnsure, unavailable } from './claim.ts'
import { claimOne } from './claim-one.ts'
import type { Connection } from './connection.ts'
import { isAccessDenied, isMisconfigured, misconfigured } from './failures.ts'
import { recordOf } from './item.ts'
import { isUnreadable, readMany } from './read.ts'
import { whenAllSettled } from './when-all-settled.ts'
import { toStatement } from './write.ts'

/** BatchExecuteStatement's own limit. */
export const STATEMENTS_PER_REQUEST = 25

/** One claim on its way: a step to write next, else something to look at, until it has an outcome. */
interface Attempt {
  readonly request: ClaimRequest
  step: ClaimStep | undefined
  /** The item that a failed statement returned, where the server returns it. */
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
  requests: readonly ClaimRequest[],
  context: CallContext,
): Promise<readonly ClaimOutcome[]> {
  const fresh: Attempt[] = []
  const redelivered: Attempt[] = []
  const attempts = requests.map((request) => {
    const step = request.redelivered ? undefined : insertStep(connection, request)
    const attempt: Attempt = { request, step, returned: undefined, outcome: undefined }
    const kin = step === undefined ? redelivered : fresh
    kin.push(attempt)
    return attempt
  })
  await whenAllSettled([write(connection, fresh, context), look(connection, redelivered, context, false)])
  await look(connection, fresh.filter(isOpen), context, false)
  const claimable = attempts.filter(isOpen)
  await write(connection, claimable, context)
  await look(connection, claimable.filter(isOpen), context, true)
  return attempts.map((attempt) => attempt.outcome ?? unavailable(undefined))
}

function isOpen(attempt: Attempt): boolean {
  return attempt.outcome === undefined
}

/** Looks at the records and classifies them: an outcome, or the step to write next. */
async function look(
  connection: Connection,
  attempts: readonly Attempt[],
  context: CallContext,
  last: boolean,
  again = false,
): Promise<void> {
  if (attempts.length === 0) return
  const unsure: Attempt[] = []
  const unseen = attempts.filter((attempt) => attempt.returned === undefined)
  const ids = unseen.map((attempt) => attempt.request.id)
  const found = await readMany(connection, ids, context)
  for (const attempt of attempts) {
    const seen = attempt.returned ?? found.get(attempt.request.id)
    if (isUnreadable(seen)) {
      if (isMisconfigured(seen.unreadable)) throw misconfigured(connection.table, seen.unreadable)
      attempt.outcome = unavailable(seen.unreadable)
      continue
    }
    attempt.returned = undefined
    const next = classify(connection, attempt.request, seen, context, last)
    if (!again && isUnsure(connection, next)) unsure.push(attempt)
    else if ('answer' in next) attempt.outcome = next.answer
    else attempt.step = next
  }
  await look(connection, unsure, context, last, true)
}

/** Writes each attempt's step, 25 to a request. One that met a record is left open. */
async function write(
  connection: Connection,
  attempts: readonly Attempt[],
  context: CallContext,
): Promise<void> {
  const chunks: Promise<void>[] = []
  for (let start = 0; start < attempts.length; start += STATEMENTS_PER_REQUEST) {
    chunks.push(writeChunk(connection, attempts.slice(start, start + STATEMENTS_PER_REQUEST), context))
  }
  await whenAllSettled(chunks)
}

async function writeChunk(
  connection: Connection,
  attempts: readonly Attempt[],
  context: CallContext,
): Promise<void> {
  const written = await connection.execute(
    attempts.map(({ step }) => toStatement(connection.table, (step as ClaimStep).write)),
    context,
  )
  if ('failed' in written && !isAccessDenied(written.failed)) {
    if (isMisconfigured(written.failed)) throw misconfigured(connection.table, written.failed)
    for (const attempt of attempts) attempt.outcome = unavailable(written.failed)
    return
  }
  const again: Attempt[] = []
  for (const [index, attempt] of attempts.entries()) {
    const response = 'failed' in written ? undefined : written.responses[index]
    const failure = response?.Error
    if (response !== undefined && failure === undefined) attempt.outcome = attempt.step?.grants
    else if (failure?.Code === 'DuplicateItem' || failure?.Code === 'ConditionalCheckFailed') {
      attempt.returned = failure.Item && recordOf(failure.Item)
    } else if (isMisconfigured(failure) && !isAccessDenied(failure)) {
      throw misconfigured(connection.table, failure)
    } else {
      // Denied as a batch, throttled, failed inside or not answered: the SDK does not come back for statements.
      again.push(attempt)
    }
  }
  await whenAllSettled(
    again.map(async (attempt) => {
      attempt.outcome = await claimOne(connection, attempt.request, context)
    }),
  )
}
