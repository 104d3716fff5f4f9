import { viewOf } from '../dynamodb/item.ts'
import { isUndisturbed } from '../faults.ts'
import type { Invocation } from '../invocation.ts'
import type { Checker } from './checker.ts'
import type { Execution } from './claims.ts'
import { isUnharmed } from './given-back.ts'

/** A store that confirmed nothing for a while is asked again at least this often, ms; the SDK's own tries included. */
const RETRY_MS = 2_000

/** Who settles in two thirds of the reserve is still settled: judged for each run when its invocation is answered. */
export function judgeLate(checker: Checker, invocation: Invocation, reported: ReadonlySet<string>): void {
  const { world, scenario, state } = checker.simulation
  if (scenario.face === 'whole-batch' || scenario.environment === 'open' || scenario.batchDenied !== 'no')
    return
  if (!isUnharmed(invocation) && !isOnlyThrottled(checker, invocation)) return
  const [, way] = scenario.wayMs
  // Another copy of the message, or one before it in its group, may be reported for reasons of its own.
  const counts = !scenario.fifo && scenario.schema !== 'hangs'
  // Behind another group on its way.
  const until = invocation.deadline - scenario.deadlineReserveMs / 3 - 4 * way
  for (const run of checker.executions.of(invocation.batch.number)) {
    const { claim, ended, endedAt, messageId } = run
    if (claim === undefined || ended === undefined || endedAt > until || checker.tampered.has(run.id))
      continue
    if (endedAt >= invocation.deadline - scenario.deadlineReserveMs) world.coverage.hit('settledInReserve')
    const item = state.table.items.get(run.id)
    const shown = item === undefined ? undefined : viewOf(item)
    if (shown?.owner === claim.owner && shown.status === 'IN_PROGRESS') {
      world.fail('late', `${messageId} ended in time with ${ended}, and is left as if it still ran`)
    } else if (counts && ended === 'success' && reported.has(messageId) && shown?.owner === claim.owner) {
      world.fail('late', `${messageId} succeeded in time and was reported`)
    }
  }
}

/** No fault but throttled completions, which were over long enough before the end. */
function isOnlyThrottled(checker: Checker, invocation: Invocation): boolean {
  const { scenario, world } = checker.simulation
  const { throttled, deadlineReserveMs, rates } = scenario
  if (throttled === undefined || !isUndisturbed(rates) || rates.statementError > 0) return false
  if (invocation.stalled || invocation.interfered || invocation.host.dead) return false
  return world.startedAt + throttled.until + RETRY_MS < invocation.deadline - deadlineReserveMs
}

/** A completion that meets no fault is in the table by then, ms. */
const CONFIRMED_AFTER_MS = 2_000

/** Where nothing kills it, a handler that succeeds after its deadline is completed under its extended lease. */
export function expectLateCompletion(checker: Checker, run: Execution): void {
  const { scenario, world } = checker.simulation
  const { claim } = run
  const invocation = checker.invocations.get(run.invocation)
  if (scenario.environment !== 'managed' || scenario.face === 'whole-batch' || claim === undefined) return
  if (invocation === undefined || !invocation.over || world.time >= invocation.heldUntil) return
  const { rates, throttled, company, batchDenied } = scenario
  const undisturbed = isUndisturbed(rates) && rates.statementError === 0 && throttled === undefined
  if (!undisturbed || company !== 'none' || batchDenied !== 'no') return
  world.after(CONFIRMED_AFTER_MS, undefined, () => {
    if (claim.completed || run.host.dead || checker.tampered.has(run.id)) return
    world.fail('late', `${run.messageId} succeeded after its deadline, and its success was thrown away`)
  })
}
