import { flushCompileCache } from 'node:module'
import { localContext, toPayload } from './context.ts'
import type { InvocationOutcome } from './invoker.ts'
import type { FromSandbox, ToSandbox } from './sandbox-protocol.ts'

type Handler = (event: unknown, context: unknown) => unknown

/** Loads a handler's module once, then runs invocations as they come. Answers by `reply`. */
export function serve(reply: (message: FromSandbox) => void): (message: ToSandbox) => void {
  let handler: Handler | undefined
  let functionName = 'local'
  let enforced = true

  return (message) => {
    if (message.type === 'oncekit:init') void init(message)
    else if (message.type === 'oncekit:invoke') void run(message)
  }

  async function init(message: ToSandbox & { type: 'oncekit:init' }): Promise<void> {
    functionName = message.functionName
    enforced = message.threads === undefined
    try {
      const module: Record<string, unknown> = await import(message.module)
      const found = module[message.exportName]
      if (typeof found !== 'function') {
        throw new TypeError(
          `${message.module} exports no function "${message.exportName}"; it exports: ${Object.keys(module).join(', ') || 'nothing'}.`,
        )
      }
      // Lambda too learns only by calling whether it is a handler.
      handler = found as Handler
      reply({ type: 'oncekit:ready' })
      // With NODE_COMPILE_CACHE: Node writes its cache at an orderly exit, which a worker that is killed never has.
      flushCompileCache()
    } catch (error) {
      reply({ type: 'oncekit:init-failed', error: describe(error) })
    }
  }

  async function run({ requestId, event, deadline }: ToSandbox & { type: 'oncekit:invoke' }): Promise<void> {
    let outcome: InvocationOutcome
    try {
      const context = localContext(functionName, requestId, deadline, enforced ? 0 : -Infinity)
      outcome = { kind: 'returned', payload: toPayload(await handler?.(event, context)) }
    } catch (error) {
      outcome = { kind: 'failed', reason: 'threw', error: describe(error) }
    }
    reply({ type: 'oncekit:outcome', requestId, outcome })
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
