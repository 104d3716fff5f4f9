import { memoryStore } from '../../store/memory/memory-store.ts'
import { localContext, toPayload } from '../local-queue/context.ts'
import { judgeResponse, wholeFailure } from '../local-queue/response.ts'
import { manualClock } from '../manual-clock.ts'
import type { sqsEvent } from '../sqs-event.ts'
import { type RunState, startSandbox } from './sandbox.ts'
import type { CrashPoint, CrashRun, CrashTestHandler, CrashTestOptions } from './types.ts'

/** A run, what it called, and what is wrong with it. */
export interface Outcome {
  readonly run: CrashRun
  readonly calls: readonly CrashPoint['operation'][]
  /** Message ids still in the queue after the last delivery, and why. */
  readonly left: readonly string[]
  readonly lastReason: string
}

/** The messages of the test as the queue holds them. */
export type Queued = ReturnType<typeof sqsEvent>['Records'][number]

/** Delivers the batch again and again, each time to a new sandbox, until it is acknowledged. */
export async function runOnce(
  options: CrashTestOptions,
  messages: readonly Queued[],
  crash: CrashPoint | undefined,
): Promise<Outcome> {
  const { maxDeliveries = 6, invocationMs = 30_000, visibilityMs = 6 * invocationMs } = options
  const clock = manualClock()
  const state: RunState = { store: memoryStore({ runtime: clock }), clock, crash, calls: [], effects: {} }
  let left = messages
  let lastReason = ''
  let deliveries = 0
  while (left.length > 0 && deliveries < maxDeliveries) {
    deliveries++
    const ids = left.map(({ messageId }) => messageId)
    const verdict = await deliver(options, state, redelivered(left, deliveries), ids)
    lastReason = verdict.whole?.reason ?? 'reported in batchItemFailures'
    left = left.filter(({ messageId }) => verdict.failed.has(messageId))
    await clock.advance(visibilityMs)
  }
  const run = { crash, deliveries, effects: state.effects }
  return { run, calls: state.calls, left: left.map(({ messageId }) => messageId), lastReason }
}

async function deliver(
  options: CrashTestOptions,
  state: RunState,
  records: Queued[],
  ids: readonly string[],
): Promise<ReturnType<typeof judgeResponse>> {
  const { invocationMs = 30_000, timeoutMs = 10_000 } = options
  const sandbox = startSandbox(state)
  const { clock } = state
  const end = clock.monotonic() + invocationMs
  const context = {
    ...localContext('crash-test', `request-${state.calls.length + 1}`, 0),
    getRemainingTimeInMillis: () => Math.max(0, end - clock.monotonic()),
  }
  const limit = timeLimit(timeoutMs)
  try {
    const invocation = invoke(options.handler(sandbox), { Records: records }, context)
    const result = await Promise.race([invocation, sandbox.crashed, limit.passed])
    if (result === 'crashed') return wholeFailure(ids, 'the process crashed')
    return 'error' in result
      ? wholeFailure(ids, `the function threw: ${String(result.error)}`)
      : judgeResponse(result.payload, ids, true)
  } finally {
    sandbox.end()
    limit.cancel()
  }
}

async function invoke(
  handler: CrashTestHandler,
  ...[event, context]: Parameters<CrashTestHandler>
): Promise<{ readonly payload: string } | { readonly error: unknown }> {
  try {
    return { payload: toPayload(await handler(event, context)) }
  } catch (error) {
    return { error }
  }
}

function redelivered(messages: readonly Queued[], count: number): Queued[] {
  return messages.map((message) => ({
    ...message,
    receiptHandle: `${message.messageId}-receipt-${count}`,
    attributes: { ...message.attributes, ApproximateReceiveCount: String(count) },
  }))
}

function timeLimit(ms: number): { readonly passed: Promise<never>; cancel(): void } {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(
      new Error(
        `crashTest: a delivery neither ended nor crashed within ${ms} ms. The handler waits for something that never comes, or for a timer of \`runtime\`, which stands still; raise \`timeoutMs\` if it is only slow.`,
      ),
    )
  }, ms)
  return { passed: promise, cancel: () => clearTimeout(timer) }
}
