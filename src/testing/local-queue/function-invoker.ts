import { anyFunction, type Rule, wholeNumber } from '../../options/rules.ts'
import { anyText, checkOptions, LONGEST_MANAGED_TIMEOUT_MS, type OptionRules } from './check-options.ts'
import { type LocalHandler, localContext, toPayload } from './context.ts'
import type { InvocationOutcome, Invoker } from './invoker.ts'

export interface FunctionInvokerOptions {
  readonly handler: LocalHandler
  /**
   * The function's timeout, milliseconds, to 90 minutes: nothing is killed here, as on Managed Instances.
   * @default 3000 (Lambda's own default)
   */
  readonly timeoutMs?: number | undefined
  /** @default 'local' */
  readonly functionName?: string | undefined
}

const OPTIONS: OptionRules = {
  rules: {
    handler: anyFunction,
    timeoutMs: wholeNumber(1, LONGEST_MANAGED_TIMEOUT_MS),
    functionName: anyText,
  } satisfies Record<keyof FunctionInvokerOptions, Rule>,
  required: ['handler'],
}

/**
 * Runs a handler in this process. It cannot be killed: at the timeout the invocation has failed, but the handler runs
 * on, like a frozen sandbox that thaws. Use {@link workerInvoker} for a hard end.
 *
 * @throws ConfigError when an option is wrong.
 */
export function functionInvoker(options: FunctionInvokerOptions): Invoker {
  checkOptions('functionInvoker', OPTIONS, options)
  const { timeoutMs = 3_000, functionName = 'local' } = options
  // Events and contexts are built to Lambda's shape; the handler's own types are its author's word.
  const handler = options.handler as (event: unknown, context: unknown) => unknown
  const closed = Promise.withResolvers<InvocationOutcome>()
  return {
    timeoutMs,
    invoke(event, requestId) {
      const timeout = Promise.withResolvers<InvocationOutcome>()
      const timer = setTimeout(
        () =>
          timeout.resolve({
            kind: 'failed',
            reason: 'timeout',
            error: `Task timed out after ${timeoutMs} ms`,
          }),
        timeoutMs,
      )
      const context = localContext(functionName, requestId, Date.now() + timeoutMs)
      // A copy per invocation, as Lambda's: what one does to its event another never sees.
      const run = async () => toPayload(await handler(structuredClone(event), context))
      const outcome = run().then(
        (payload): InvocationOutcome => ({ kind: 'returned', payload }),
        (error: unknown): InvocationOutcome => ({ kind: 'failed', reason: 'threw', error: String(error) }),
      )
      return Promise.race([outcome, timeout.promise, closed.promise]).finally(() => clearTimeout(timer))
    },
    async close() {
      closed.resolve({ kind: 'failed', reason: 'crashed', error: 'The invoker was closed.' })
    },
  }
}
