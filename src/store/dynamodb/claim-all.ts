import { attemptsWith } from '../../protocol/decide.ts'
import type { CallContext, ClaimOutcome, ClaimRequest } from '../contract.ts'
import { persist } from './attempts.ts'
import { type ClaimStep, classify, granted, insertStep, isUnsure, type NextStep } from './claim.ts'
import type { Connection } from './connection.ts'
import { explained, misconfigured } from './explain.ts'
import { isMisconfigured, reasonOf } from './failures.ts'
import type { GroupWriter } from './group-writer.ts'
import { readMany, readOne } from './read.ts'
import { attemptWrite, type Written, writtenOver } from './single.ts'
import { claimOverInput } from './writes.ts'

/** Looks at one record that are worth a comparison of the clocks. */
const LOOKS = 2

/** How long they may take where there is time without end, ms. */
const LOOKING_MS = 20_000

/**
 * Claims many ids in few requests: first deliveries are inserted in one batch while redeliveries are read in another
 * beside it; what turns out claimable is taken over in one more. Each id gets at most two writes, each asked
 * for with the same owner until it is answered. Waits for all of them,
 * whatever fails: a call that rejects leaves no request under way, which the sandbox would freeze and thaw later.
 * @throws StoreMisconfiguredError when it granted none; beside what was granted the error is an outcome, so that the rest
 * can be given back
 */
export async function claimAll(
  connection: Connection,
  writer: GroupWriter,
  requests: readonly ClaimRequest[],
  context: CallContext,
): Promise<readonly ClaimOutcome[]> {
  const { runtime, table } = connection
  const lone = requests.length === 1
  const ids: string[] = []
  for (const { id, redelivered } of requests) if (redelivered && !lone) ids.push(id)
  const reading = readMany(connection, ids, context)
  const results = await Promise.allSettled(requests.map(claim))
  const outcomes = results.map((result) =>
    result.status === 'fulfilled' ? result.value : ({ kind: 'unavailable', error: result.reason } as const),
  )
  const refused = results.find((result) => result.status === 'rejected')
  if (!refused) await compareClocks(outcomes)
  else if (!outcomes.some(({ kind }) => kind === 'claimed')) throw refused.reason
  return outcomes

  /**
   * What was granted by a clock that no answer came fast enough to compare waits for one more look, or two: its lease may
   * end early, and the engine extends it when it knows. A table that is slower than that must not stop everything.
   */
  async function compareClocks(outcomes: readonly ClaimOutcome[]): Promise<void> {
    const granted = requests.find((_request, index) => outcomes[index]?.kind === 'claimed')
    if (granted === undefined) return
    const { deadline, clockDeadline = deadline } = context
    const looking = { ...context, deadline: Math.min(clockDeadline, runtime.monotonic() + LOOKING_MS) }
    for (let look = 0; look < LOOKS && connection.clock.isUnsure; look++) {
      await readOne(connection, granted.id, looking)
    }
  }

  async function claim(request: ClaimRequest): Promise<ClaimOutcome> {
    let next = await begin(request)
    if ('write' in next) next = await write(request, next, true)
    // After the last write there is nothing but an answer.
    return 'answer' in next ? next.answer : unavailable(undefined)
  }

  async function begin(request: ClaimRequest): Promise<NextStep> {
    const { id, redelivered } = request
    if (redelivered && !lone) return follow(request, writtenOver((await reading).get(id)), false)
    // The whole condition decides about stuck items by the clock, which must have been compared.
    return redelivered && connection.clock.isKnown
      ? claimOver(request)
      : write(request, insertStep(connection, request), false)
  }

  async function write(request: ClaimRequest, step: ClaimStep, last: boolean): Promise<NextStep> {
    const written = await writer.write(step.write, context)
    return 'old' in written ? { answer: step.grants } : follow(request, written, last)
  }

  /** A redelivery that comes alone, in one conditional write. */
  async function claimOver(request: ClaimRequest): Promise<NextStep> {
    const now = runtime.now()
    const { marginMs, maxAttempts } = context
    const input = claimOverInput(table, request, now, marginMs, maxAttempts)
    const written = await attemptWrite(connection, request.id, context, () =>
      persist(connection, context, () => connection.update(input, context)),
    )
    if (!('old' in written)) return follow(request, written, false)
    const { old } = written
    if (old === undefined) return { answer: granted('fresh', now, 1) }
    const why = old.status === 'FAILED' ? 'retry' : 'takeover'
    return { answer: granted(why, old.fence + 1, attemptsWith(why, old)) }
  }

  /** Where a claim that did not land goes on. */
  async function follow(
    request: ClaimRequest,
    seen: Exclude<Written, { old: unknown }>,
    last: boolean,
  ): Promise<NextStep> {
    let found = seen
    if ('met' in found) {
      const next = classify(connection, request, found.met, context, last)
      if (!isUnsure(connection, next)) return next
      found = writtenOver(await readOne(connection, request.id, context))
      if ('met' in found) return classify(connection, request, found.met, context, last)
    }
    if (isMisconfigured(found.failed)) throw misconfigured(table, found.failed)
    return { answer: unavailable(found.failed) }
  }
}

function unavailable(error: unknown): ClaimOutcome {
  return { kind: 'unavailable', error: explained(error), reason: reasonOf(error) }
}
