// Runs in a worker process: loads the handler's module once, then runs one invocation after the other.
import { flushCompileCache } from 'node:module'
import { localContext, toPayload } from './context.ts'
import type { InvocationOutcome } from './invoker.ts'
import type { FromSandbox, ToSandbox } from './sandbox-protocol.ts'

type Handler = (event: unknown, context: unknown) => unknown

let handler: Handler | undefined
let functionName = 'local'

function reply(message: FromSandbox): void {
  process.send?.(message)
}

async function init(message: ToSandbox & { type: 'oncekit:init' }): Promise<void> {
  functionName = message.functionName
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
    const result = await handler?.(event, localContext(functionName, requestId, deadline))
    outcome = { kind: 'returned', payload: toPayload(result) }
  } catch (error) {
    outcome = { kind: 'failed', reason: 'threw', error: describe(error) }
  }
  reply({ type: 'oncekit:outcome', requestId, outcome })
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

process.on('message', (message: ToSandbox) => {
  if (message.type === 'oncekit:init') init(message)
  else if (message.type === 'oncekit:invoke') run(message)
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole process group; the pool decides when its workers end.
process.on('SIGINT', () => {})
