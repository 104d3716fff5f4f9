import type { InvocationOutcome, SqsEvent } from './invoker.ts'

/** From the pool to a worker process. */
export type ToSandbox =
  | {
      readonly type: 'oncekit:init'
      /** URL of the module. */
      readonly module: string
      readonly exportName: string
      readonly functionName: string
      /** Managed Instances: threads in the process; the timeout is not enforced. */
      readonly threads: number | undefined
    }
  | {
      readonly type: 'oncekit:invoke'
      readonly requestId: string
      readonly event: SqsEvent
      /** Epoch milliseconds at which the invocation is over: killed, or on Managed Instances reported as failed. */
      readonly deadline: number
    }

/** From a worker process to the pool. Anything else that a handler sends goes to `onMessage`. */
export type FromSandbox =
  | { readonly type: 'oncekit:ready' }
  | { readonly type: 'oncekit:init-failed'; readonly error: string }
  | {
      readonly type: 'oncekit:outcome'
      readonly requestId: string
      readonly outcome: InvocationOutcome
    }

/** Whether a message from a worker process is the pool's own. */
export function isFromSandbox(message: unknown): message is FromSandbox {
  if (message === null || typeof message !== 'object' || !('type' in message)) return false
  return (
    message.type === 'oncekit:ready' ||
    message.type === 'oncekit:init-failed' ||
    message.type === 'oncekit:outcome'
  )
}
