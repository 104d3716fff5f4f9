import { viewOf } from '../dynamodb/item.ts'
import type { Invocation } from '../invocation.ts'
import type { MessagePlan } from '../messages.ts'
import type { Checker } from './checker.ts'
import { isUnharmed, judgeGivenBack, judgeProgress } from './given-back.ts'
import { judgeLate } from './late.ts'
import { outOfOrder, type Reading } from './response.ts'

/** I4, I8 and I9 of one response. */
export function judgeAnswer(checker: Checker, invocation: Invocation, reading: Reading): void {
  const { world, scenario } = checker.simulation
  const { batch } = invocation
  if (reading.kind === 'malformed') {
    world.fail('I8', `batch ${batch.number}: ${reading.why}`)
    return
  }
  if (checker.executions.isRunningIn(invocation)) world.coverage.hit('deadlineCut')
  judgeRequests(checker, invocation, 'answered')
  judgeGivenBack(checker, invocation)
  judgeProgress(checker, invocation)
  judgeLate(checker, invocation, reading.ids)
  for (const id of invocation.mustReport) {
    if (!reading.ids.has(id)) world.fail('I8', `${id} was not reported, though its handler asked for it`)
  }
  for (const { message } of batch.records) {
    const { plan } = message
    if (reading.ids.has(plan.id)) {
      if (scenario.quiet) world.fail('quiet', `${plan.id} was reported without any fault`)
      judgeReported(checker, invocation, plan.key)
      judgeDuplicate(checker, invocation, plan)
      continue
    }
    const id = checker.simulation.idOf(plan.key)
    if (!checker.wasCompletedSince(id, invocation.startedAt)) {
      world.fail('I4', `${plan.id} was acknowledged, but its record is not COMPLETED`)
    }
    const sameBody = scenario.fingerprint ? checker.executions.hasEffect(id, plan.body) : true
    if (!sameBody) world.fail('I5', `${plan.id} was acknowledged, but its effect has never happened`)
  }
  if (!scenario.fifo) return
  const early = outOfOrder(batch, reading.ids, scenario.fifoStops)
  if (early !== undefined) {
    world.fail('I9', `${early} was acknowledged after an unacknowledged record of its group`)
  }
}

/** No clock is off by so much that a window which lasts that long could be over. */
const WELL_INSIDE_MS = 10_000

/** What was COMPLETED before, with this payload, is acknowledged in whatever company it comes. */
function judgeDuplicate(
  checker: Checker,
  invocation: Invocation,
  { id: messageId, key, body }: MessagePlan,
): void {
  const { simulation } = checker
  const { world, scenario, state } = simulation
  if (scenario.fifo || scenario.large || scenario.schema === 'hangs' || !isUnharmed(invocation)) return
  const id = simulation.idOf(key)
  const span = checker.completed.get(id)
  const item = state.table.items.get(id)
  if (span === undefined || span.to !== undefined || span.from > invocation.startedAt || item === undefined)
    return
  const { fingerprint, expiresAt, schemaVersion } = viewOf(item)
  if (checker.tampered.has(id) || schemaVersion !== 1 || expiresAt < world.time + WELL_INSIDE_MS) return
  if (scenario.fingerprint && fingerprint !== simulation.fingerprintOf(body)) return
  world.fail('duplicate', `${messageId} was reported, though its record was COMPLETED with its payload`)
}

/** The handler never returns or throws with a promise of ours unsettled: the freeze would come over it. */
export function judgeRequests(checker: Checker, invocation: Invocation, how: 'answered' | 'thrown'): void {
  const { scenario, world } = checker.simulation
  const { host, batch } = invocation
  const { environment } = scenario
  // Without a kill older invocations may still run, and extend their leases.
  if (environment === 'no-kill' || environment === 'managed' || scenario.invocationsPerHost > 1) return
  if (host.openCalls > 0) {
    world.fail('batch', `batch ${batch.number} was ${how} with ${host.openCalls} requests under way`)
  }
}

/** What is reported although the record says it is ours: the own write was not recognised. */
function judgeReported(checker: Checker, invocation: Invocation, key: string): void {
  const { world, scenario } = checker.simulation
  // On a FIFO queue one that comes before it may be the reason.
  if (scenario.fifo || scenario.face === 'whole-batch' || scenario.invocationsPerHost > 1) return
  if (invocation.interfered || invocation.host.dead) return
  // A record of the same key with another payload is a mismatch whatever became of the first.
  const ofKey = invocation.batch.records.filter(({ message }) => message.plan.key === key)
  if (new Set(ofKey.map(({ message }) => message.plan.body)).size > 1) return
  const id = checker.simulation.idOf(key)
  const claim = checker.book.latestOf(id, invocation.host)
  if (claim === undefined || claim.invocation !== invocation.batch.number || checker.tampered.has(id)) return
  // Until then the engine may still start it. Without a context its own lease may be over before the one that the
  // record shows: the answer to an extension may have been lost.
  const until = scenario.environment === 'open' ? 0 : invocation.deadline - scenario.deadlineReserveMs
  const ran = claim.execution ?? checker.executions.of(invocation.batch.number).find((run) => run.id === id)
  // What was written by a clock that turned out to be off is extended first, or given back.
  const recognised =
    ran !== undefined || ofKey.some(({ message }) => invocation.givenBack.has(message.plan.id))
  if (claim.seenAgain && !recognised && world.time < until) {
    world.fail('own write', `${key} was reported, though its claim had landed and been found again`)
  }
  // An answer that meets no fault is with its host by then, and so is what follows from it.
  const heardMs = scenario.wayMs[1] + 2
  if (claim.completionSeenAt !== undefined && claim.completionSeenAt + heardMs < world.time) {
    world.fail('own write', `${key} was reported, though its completion had landed and been found again`)
  }
}
